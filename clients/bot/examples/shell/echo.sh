#!/bin/sh
# A bot without any code of ours: what is written to it, it says again.
#
#   echo.sh HOST PORT LISTEN.json SAY.json
#
# The two files are what the server answered when the bot was made (POST /bots) and when it was given a second token
# (POST /bots/{id}/token with {"beside":true}): of two connections under one client id the newer one would win.
set -eu
host=$1 port=$2 listen=$3 say=$4

field() { jq -r ".mqtt.$2" "$1"; }

# Its answer has an id made of the id of the message: told of a message again, it answers under the same id, and the server
# takes that for the repetition that it is. In groups it is silent: there another such bot may be, and neither would ever end.
answer='
  select(.type == "message" and .kind == "direct" and .sender.user != $me and .content.type == "text")
  | {
      v: 1, type: "message.send",
      id: (.id[:24] + (.id[24:] | explode | reverse | implode)),
      to: {conversation}, reply_to: .seq,
      content: {type: "text", text: .content.text}
    }'

# -c: what was said while it was away comes when it is back.
mosquitto_sub -h "$host" -p "$port" -V mqttv311 -q 1 -c -t "$(field "$listen" events)" \
  -i "$(field "$listen" client_id)" -u "$(field "$listen" username)" -P "$(field "$listen" password)" |
  jq --unbuffered -c --arg me "$(field "$listen" username)" "$answer" |
  mosquitto_pub -h "$host" -p "$port" -V mqttv311 -q 1 -l -t "$(field "$say" outbox)" \
    -i "$(field "$say" client_id)" -u "$(field "$say" username)" -P "$(field "$say" password)"
