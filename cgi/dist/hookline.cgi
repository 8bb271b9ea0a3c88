#!/bin/sh
# The starter, for hosts that run programs nowhere but in cgi-bin: copy it there with
# mode 0755, and write your home folder in place of /home/you, twice. The callback URL
# is https://your.site/cgi-bin/hookline.cgi then.
exec env HOOKLINE_CONFIG=/home/you/hookline/hookline.conf \
    /home/you/hookline/web/hookline.fcgi
