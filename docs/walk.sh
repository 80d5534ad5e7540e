#!/usr/bin/env bash
# The walk of docs/walk.md in one piece. Start Pendo first (npm start), then run docs/walk.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
echo "Pendo at ${PENDO_URL:=http://127.0.0.1:4000}"
curl -fs -o /dev/null "$PENDO_URL/healthz" || {
  echo "No Pendo answers at $PENDO_URL. Start one with npm start, or set PENDO_URL to the address of another." >&2
  exit 1
}

printf '\n== %s\n' 'Helpers'
PENDO_URL=${PENDO_URL:-http://127.0.0.1:4000}
PENDO_DATA=${PENDO_DATA:-.pendo}

# Prints a part of the JSON on its input: pick 'it.some.field'
pick() { node -p "const it = JSON.parse(require('fs').readFileSync(0, 'utf8')); $1"; }

# Sends JSON with the access token of a user: as "$token" PUT /v1/some/path '{"some": "json"}'
as() { curl -sS --fail-with-body -X "$2" "$PENDO_URL$3" -H "authorization: Bearer $1" -H 'content-type: application/json' ${4:+-d "$4"}; }

# Sends a request to the local console, with the secret of the data directory: console GET /mail
console() { curl -sS --fail-with-body -X "$1" "$PENDO_URL/_local$2" -H "authorization: Bearer $(cat "$PENDO_DATA/console.secret")"; }

# Waits until every queue is empty.
settled() { console POST /idle >/dev/null; }

printf '\n== %s\n' 'Sign up'
sign_up() { # an email address → the id of the user, and the access token
  local challenge code
  challenge=$(curl -sS "$PENDO_URL/v1/auth/otp/request" -H 'content-type: application/json' -d "{\"email\": \"$1\"}" | pick it.challengeId)
  settled
  code=$(console GET "/mail?to=$1" | pick 'it.items[0].content.text.match(/\b(\d{6}|\d{10})\b/)[0]')
  curl -sS "$PENDO_URL/v1/auth/otp/verify" -H 'content-type: application/json' -d "{\"challengeId\": \"$challenge\", \"code\": \"$code\"}"
}

run=$(date +%s) # new addresses each time, so that you can run the walk again
ann=$(sign_up "ann-$run@example.test")
bob=$(sign_up "bob-$run@example.test")
ann_id=$(pick it.userId <<<"$ann") ann=$(pick it.accessToken <<<"$ann")
bob_id=$(pick it.userId <<<"$bob") bob=$(pick it.accessToken <<<"$bob")
as "$ann" GET /v1/me | pick 'it.status + ", complete: " + it.profileComplete'

printf '\n== %s\n' 'Create profiles'
as "$ann" PATCH /v1/me/profile '{"name": "Ann", "birthDate": "1994-05-01", "gender": "woman", "bio": "I bake bread."}' | pick 'it.missing.join(", ")'
as "$bob" PATCH /v1/me/profile '{"name": "Bob", "birthDate": "1991-11-20", "gender": "man", "interests": ["bread"]}' | pick 'it.missing.join(", ")'
for one in "$ann" "$bob"; do
  as "$one" PUT /v1/me/location '{"lat": -37.06, "lon": -12.31}' >/dev/null # Tristan da Cunha: no other user is near
done

printf '\n== %s\n' 'Upload photos'
upload() { # a token, a JPEG file
  local form
  form=$(as "$1" POST /v1/media/uploads "{\"kind\": \"photo\", \"contentType\": \"image/jpeg\", \"bytes\": $(wc -c <"$2")}")
  pick 'Object.entries(it.upload.fields).map((field) => "form-string = " + JSON.stringify(field.join("="))).join("\n")' <<<"$form" |
    curl -sS --fail-with-body --config - -F "file=@$2" "$(pick it.upload.url <<<"$form")"
  as "$1" POST "/v1/media/$(pick it.mediaId <<<"$form")/complete" '{}' | pick it.state
}
upload "$ann" docs/pictures/ann.jpg
upload "$bob" docs/pictures/bob.jpg
settled
as "$ann" GET /v1/me | pick '"others see Ann: " + it.discoverable'

printf '\n== %s\n' 'Discover and like'
as "$ann" GET /v1/discovery/recommendations | pick 'it.items.map((card) => card.name + ", " + card.distance).join("\n")'
as "$ann" PUT "/v1/swipes/$bob_id" '{"action": "like"}' | pick '"match: " + it.matchId + ", likes left: " + it.likesLeft'
as "$bob" GET /v1/likes/incoming | pick 'it.items.map((like) => like.user.name + " likes Bob").join("\n")'

printf '\n== %s\n' 'Open a socket'
frames=$(mktemp)
node scripts/run.mjs docs/listen.mjs "$(as "$ann" POST /v1/realtime/tickets '{}' | pick it.url)" >"$frames" &
until grep -q ready "$frames"; do sleep 0.1; done

printf '\n== %s\n' 'Match and talk'
match=$(as "$bob" PUT "/v1/swipes/$ann_id" '{"action": "like"}')
conversation=$(pick it.conversationId <<<"$match")
settled
message=$(node -p 'crypto.randomUUID()') # the client makes the id, so sending the message again changes nothing
ids=$(for attempt in first again; do
  as "$bob" PUT "/v1/conversations/$conversation/messages/$message" '{"text": "Hello Ann! What do you bake?"}' | pick it.id
done)
echo "sent twice, messages stored: $(sort -u <<<"$ids" | wc -l | tr -d ' ')"
wait
cat "$frames"

printf '\n== %s\n' 'Sync'
as "$ann" GET /v1/sync | pick 'it.counts.unread + " unread: " + it.changes.flatMap((change) => change.message?.text ?? []).join("\n")'
newest=$(as "$ann" GET "/v1/conversations/$conversation/messages?limit=1" | pick 'it.items[0].id')
as "$ann" PUT "/v1/conversations/$conversation/read" "{\"messageId\": \"$newest\"}" | pick 'it.unreadCount + " unread"'

printf '\n== %s\n' 'Report and block'
as "$ann" POST /v1/reports "{\"userId\": \"$bob_id\", \"reason\": \"spam\", \"note\": \"He sells flour.\"}" | pick 'it.state'
as "$ann" PUT "/v1/blocks/$bob_id"
as "$bob" PUT "/v1/conversations/$conversation/messages/$(node -p 'crypto.randomUUID()')" '{"text": "Some flour?"}' | pick 'it.status + " " + it.code' || true
