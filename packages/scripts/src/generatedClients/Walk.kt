// Pendo's main job with a Kotlin client that openapi-generator made: two users sign up, like each other and talk.
// `npm run clients:generated` generates the package app.pendo, compiles this file with it, and runs it against a host.
import app.pendo.apis.*
import app.pendo.infrastructure.ClientError
import app.pendo.infrastructure.ClientException
import app.pendo.infrastructure.Serializer
import app.pendo.models.*
import java.io.File
import java.time.LocalDate
import java.util.UUID
import okhttp3.MediaType.Companion.toMediaType
import okhttp3.MultipartBody
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.asRequestBody

val http = OkHttpClient()

class User(val id: String, val url: String, token: String) {
    val client = http.newBuilder()
        .addInterceptor { it.proceed(it.request().newBuilder().header("Authorization", "Bearer $token").build()) }
        .build()
}

fun signUp(url: String, codesUrl: String, name: String): User {
    val auth = AuthApi(url)
    val email = "$name@kotlin.pendo.test"
    val challenge = auth.authRequestOtp(AuthRequestOtpRequest(email))
    // A user reads the code in the email. Here a small server reads it in the local console.
    val code = http.newCall(Request.Builder().url("$codesUrl/$email").build()).execute().use { it.body.string() }
    val session = auth.authVerifyOtp(AuthVerifyOtpRequest(challenge.challengeId, code, "$name's phone"))
    check(session.registered)
    return User(session.userId, url, session.accessToken)
}

fun completeProfile(user: User, name: String, gender: Gender) {
    val profile = ProfilesApi(user.url, user.client).profilesUpdateMine(
        ProfilesUpdateMineRequest(
            name = name,
            gender = gender,
            birthDate = LocalDate.of(1996, 4, 5),
            intent = Intent.RELATIONSHIP,
            bio = "I bake bread.",
            interests = listOf("baking", "hiking"),
        ),
    )
    expect(Triple(name, LocalDate.of(1996, 4, 5), null), Triple(profile.name, profile.birthDate, profile.job))
    val genders = listOf(Gender.WOMAN, Gender.MAN)
    val preferences = PreferencesApi(user.url, user.client)
        .preferencesUpdate(PreferencesUpdateRequest(genders = genders, ageMin = 18, ageMax = 60, radiusKm = 50))
    expect(50L, preferences.radiusKm)
    LocationApi(user.url, user.client).locationReplace(Position(lat = 52.52, lon = 13.405))
}

fun uploadPhoto(user: User, photo: File) {
    val media = MediaApi(user.url, user.client)
    val request = MediaCreateUploadRequest(MediaKind.PHOTO, PictureType.IMAGE_SLASH_JPEG, photo.length())
    val form = media.mediaCreateUpload(request, UUID.randomUUID().toString())
    val body = MultipartBody.Builder().setType(MultipartBody.FORM)
    form.upload.fields.forEach { (name, value) -> body.addFormDataPart(name, value) }
    body.addFormDataPart("file", photo.name, photo.asRequestBody("image/jpeg".toMediaType()))
    http.newCall(Request.Builder().url(form.upload.url).post(body.build()).build()).execute().use { check(it.isSuccessful) }
    check(media.mediaCompleteUpload(form.mediaId).state != MediaState.REQUESTED)
}

/** Asks again until the result is right, for at most 30 s: moderation and matching work beside the requests. */
fun <T> until(what: String, ask: () -> T, isRight: (T) -> Boolean): T {
    repeat(120) {
        val result = ask()
        if (isRight(result)) return result
        Thread.sleep(250)
    }
    error("Not within 30 s: $what")
}

fun expect(expected: Any?, found: Any?) = check(expected == found) { "Expected $expected, found $found" }

/** The problem that a request fails with. */
fun problemOf(request: () -> Unit): Problem {
    val failure = runCatching(request).exceptionOrNull() as? ClientException ?: error("The request does not fail with a problem.")
    return Serializer.kotlinxSerializationJson.decodeFromString((failure.response as ClientError<*>).body as String)
}

fun main(args: Array<String>) {
    // Otherwise the client sends null for each field that is left out.
    Serializer.kotlinxSerializationJsonConfiguration = { encodeDefaults = false }
    val (url, codesUrl, photos) = args
    val (ann, bob) = listOf("ann", "bob").map { signUp(url, codesUrl, it) }
    completeProfile(ann, "Ann", Gender.WOMAN)
    completeProfile(bob, "Bob", Gender.MAN)
    uploadPhoto(ann, File(photos, "ann.jpg"))
    uploadPhoto(bob, File(photos, "bob.jpg"))
    for (user in listOf(ann, bob)) until("discoverable", { MeApi(user.url, user.client).meGet() }) { it.discoverable }

    val discovery = DiscoveryApi(url, ann.client)
    val deck = until("Bob's card", { discovery.discoveryListRecommendations(limit = 20) }) { deck -> deck.items.any { it.id == bob.id } }
    val card = deck.items.single { it.id == bob.id }
    expect(Triple("Bob", Gender.MAN, 1), Triple(card.name, card.gender, card.photos.size))

    val reasons = discovery.discoveryExplain(bob.id).items.map { it.reason }
    val shared = reasons.firstNotNullOf { (it as? RecommendationReason.SharedInterestsReasonValue)?.value }
    expect(listOf("baking", "hiking"), shared.interests.sorted())

    val onPhoto = LikeOn.LikeOnPhotoValue(LikeOnPhoto(card.photos.first().id))
    val first = SwipesApi(url, ann.client).swipesRecord(bob.id, SwipesRecordRequest(SwipeAction.LIKE, comment = "Bread!", on = onPhoto))
    expect(null, first.matchId)
    val incoming = LikesApi(url, bob.client).likesListIncoming().items.single()
    expect(Triple(ann.id, "Bread!", onPhoto), Triple(incoming.user.id, incoming.comment, incoming.on))
    val second = SwipesApi(url, bob.client).swipesRecord(ann.id, SwipesRecordRequest(SwipeAction.LIKE))
    val conversationId = checkNotNull(second.conversationId)

    val sent = MessagesApi(url, ann.client).messagesSend(conversationId, UUID.randomUUID(), MessagesSendRequest(text = "Hello Bob"))
    val messages = until("the message", { MessagesApi(url, bob.client).messagesList(conversationId) }) { it.items.size == 1 }
    expect(listOf("Hello Bob" to ann.id), messages.items.map { it.text to it.senderId })

    val sync = SyncApi(url, bob.client).syncSync()
    expect(false to 1L, sync.hasMore to sync.counts.unread)
    expect(listOf("Hello Bob"), sync.changes.mapNotNull { (it as? Change.MessageChangeValue)?.value?.message?.text })

    val conversations = ConversationsApi(url, bob.client)
    expect(1L, conversations.conversationsGet(conversationId).unreadCount)
    conversations.conversationsMarkRead(conversationId, ConversationsMarkReadRequest(sent.id))
    expect(0L, conversations.conversationsGet(conversationId).unreadCount)

    val selfLike = problemOf { SwipesApi(url, bob.client).swipesRecord(bob.id, SwipesRecordRequest(SwipeAction.LIKE)) }
    expect(409 to Problem.Code.SWIPE_PERIOD_SELF, selfLike.status to selfLike.code)
    AuthApi(url, bob.client).authLogout()
    expect(401, problemOf { MeApi(url, bob.client).meGet() }.status)
}
