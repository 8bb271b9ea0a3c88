#!/bin/sh
# Starts hookline on hosts that run programs only in cgi-bin: copy this file there with
# mode 0755, and put your home folder in place of /home/you, twice. Then enter
# https://your.site/cgi-bin/hookline.cgi as the callback URL.
exec env HOOKLINE_CONFIG=/home/you/hookline/hookline.conf \
    /home/you/hookline/web/hookline.fcgi
