#!/bin/sh
# Starts hookline on hosts that run programs only in cgi-bin: copy this file there with
# mode 0755, and put your home folder in place of /home/you, twice. The callback URL is
# then https://your.site/cgi-bin/hookline.cgi.
exec env HOOKLINE_CONFIG=/home/you/hookline/hookline.conf \
    /home/you/hookline/web/hookline.fcgi
