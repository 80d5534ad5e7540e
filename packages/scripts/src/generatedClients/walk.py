# Pendo's main job with a Python client that openapi-generator made: two users sign up, like each other and talk.
# `npm run clients:generated` generates the package `pendo`, and runs this file with it against a host.
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import urllib3

import pendo
from pendo.exceptions import ConflictException, UnauthorizedException

url, codes_url, photos = sys.argv[1:4]
T = TypeVar("T")


@dataclass(frozen=True)
class User:
    id: str
    api: pendo.ApiClient


def sign_up(name: str) -> User:
    auth = pendo.AuthApi(pendo.ApiClient(pendo.Configuration(host=url)))
    email = f"{name}@python.pendo.test"
    challenge = auth.auth_request_otp(pendo.AuthRequestOtpRequest(email=email))
    # A user reads the code in the email. Here a small server reads it in the local console.
    code = urllib3.request("GET", f"{codes_url}/{email}").data.decode()
    session = auth.auth_verify_otp(
        pendo.AuthVerifyOtpRequest(challenge_id=challenge.challenge_id, code=code, device_name=f"{name}'s phone")
    )
    assert session.registered
    return User(session.user_id, pendo.ApiClient(pendo.Configuration(host=url, access_token=session.access_token)))


def complete_profile(user: User, name: str, gender: pendo.Gender) -> None:
    profile = pendo.ProfilesApi(user.api).profiles_update_mine(
        pendo.ProfilesUpdateMineRequest(
            name=name,
            gender=gender,
            birth_date=date(1996, 4, 5),
            intent=pendo.Intent.RELATIONSHIP,
            bio="I bake bread.",
            interests=["baking", "hiking"],
        )
    )
    assert (profile.name, profile.birth_date, profile.job) == (name, date(1996, 4, 5), None)
    genders = [pendo.Gender.WOMAN, pendo.Gender.MAN]
    preferences = pendo.PreferencesApi(user.api).preferences_update(
        pendo.PreferencesUpdateRequest(genders=genders, age_min=18, age_max=60, radius_km=50)
    )
    assert preferences.radius_km == 50
    pendo.LocationApi(user.api).location_replace(pendo.Position(lat=52.52, lon=13.405))


def upload_photo(user: User, file: Path) -> None:
    media = pendo.MediaApi(user.api)
    photo = file.read_bytes()
    request = pendo.MediaCreateUploadRequest(
        kind=pendo.MediaKind.PHOTO, content_type=pendo.PictureType.IMAGE_SLASH_JPEG, bytes=len(photo)
    )
    form = media.media_create_upload(request, idempotency_key=str(uuid4()))
    fields: dict[str, str | tuple[str, bytes, str]] = {**form.upload.fields}
    fields["file"] = (file.name, photo, "image/jpeg")
    assert urllib3.request("POST", form.upload.url, fields=fields).status < 300
    assert media.media_complete_upload(form.media_id).state != pendo.MediaState.REQUESTED


def until(what: str, ask: Callable[[], T], is_right: Callable[[T], bool]) -> T:
    """Asks again until the result is right, for at most 30 s: moderation and matching work beside the requests."""
    for _ in range(120):
        result = ask()
        if is_right(result):
            return result
        time.sleep(0.25)
    raise TimeoutError(f"Not within 30 s: {what}")


ann, bob = sign_up("ann"), sign_up("bob")
complete_profile(ann, "Ann", pendo.Gender.WOMAN)
complete_profile(bob, "Bob", pendo.Gender.MAN)
upload_photo(ann, Path(photos) / "ann.jpg")
upload_photo(bob, Path(photos) / "bob.jpg")
for user in (ann, bob):
    until("discoverable", pendo.MeApi(user.api).me_get, lambda me: me.discoverable)

discovery = pendo.DiscoveryApi(ann.api)
deck = until(
    "Bob's card",
    lambda: discovery.discovery_list_recommendations(limit=20),
    lambda deck: any(card.id == bob.id for card in deck.items),
)
[card] = [card for card in deck.items if card.id == bob.id]
assert (card.name, card.gender, len(card.photos)) == ("Bob", pendo.Gender.MAN, 1)

reasons = [item.reason.actual_instance for item in discovery.discovery_explain(bob.id).items]
[shared] = [reason for reason in reasons if isinstance(reason, pendo.SharedInterestsReason)]
assert sorted(shared.interests) == ["baking", "hiking"]

photo = pendo.LikeOnPhoto(media_id=card.photos[0].id)
with_comment = pendo.SwipesRecordRequest(action=pendo.SwipeAction.LIKE, comment="Bread!", on=pendo.LikeOn(photo))
assert pendo.SwipesApi(ann.api).swipes_record(bob.id, with_comment).match_id is None
[incoming] = pendo.LikesApi(bob.api).likes_list_incoming().items
assert (incoming.user.id, incoming.comment) == (ann.id, "Bread!")
assert incoming.on and incoming.on.actual_instance == photo
like = pendo.SwipesRecordRequest(action=pendo.SwipeAction.LIKE)
match = pendo.SwipesApi(bob.api).swipes_record(ann.id, like)
assert match.conversation_id is not None
conversation_id = match.conversation_id

text = pendo.MessagesSendRequest(text="Hello Bob")
sent = pendo.MessagesApi(ann.api).messages_send(conversation_id, uuid4(), text)
assert isinstance(sent.sent_at, datetime)
messages = until(
    "the message",
    lambda: pendo.MessagesApi(bob.api).messages_list(conversation_id),
    lambda messages: len(messages.items) == 1,
)
assert [(message.text, message.sender_id) for message in messages.items] == [("Hello Bob", ann.id)]

sync = pendo.SyncApi(bob.api).sync_sync()
assert (sync.has_more, sync.counts.unread) == (False, 1)
changes = [change.actual_instance for change in sync.changes]
assert [one.message.text for one in changes if isinstance(one, pendo.MessageChange)] == ["Hello Bob"]

conversations = pendo.ConversationsApi(bob.api)
assert conversations.conversations_get(conversation_id).unread_count == 1
conversations.conversations_mark_read(conversation_id, pendo.ConversationsMarkReadRequest(message_id=sent.id))
assert conversations.conversations_get(conversation_id).unread_count == 0

try:
    pendo.SwipesApi(bob.api).swipes_record(bob.id, like)
    raise AssertionError("A user can like their own profile.")
except ConflictException as conflict:
    assert conflict.data and conflict.data.code == "swipe.self"
pendo.AuthApi(bob.api).auth_logout()
try:
    pendo.MeApi(bob.api).me_get()
    raise AssertionError("A user can go on after the sign-out.")
except UnauthorizedException as unauthorized:
    assert unauthorized.data and unauthorized.data.status == 401
