# Members: joining, profiles, following, notifications, one's own data.

# Joining.
members-join-heading = Join
members-join-lede = Follow shows and people, write, and keep your own list. No puzzle to solve, no telephone number to give.
members-join-name-hint = Shown in public. A pen name is fine.
members-join-email-hint = Never shown. A code is sent there, also if you already have an account.
members-join-code = Receive a code
members-join-passkey = Join with a passkey
members-join-passkey-hint = Or with your device, and without an e-mail address: fill in the name only. You can add an address later; without one, a lost device is a lost account.
members-join-passkey-failed = The passkey did not work. A code by e-mail does.
members-join-known = You have an account?
members-join-keeps = No cookie is set before you have joined.

# A place in public.
members-place-heading = Your place in public
members-place-lede = Under this name and handle others find you. Both can be changed.
members-place-take = Take this place
members-place-later = Later
members-place-passkey = You can add a passkey, or an address, here:
members-profile-heading = Your profile
members-profile-lede = What everybody sees.
members-profile-see = See it
members-name = Name
members-name-hint = Shown above what you write.
members-handle = Handle
members-handle-hint = 3 to 30 letters from a to z, digits, - or _. Others write @ and this name to call you.
members-handle-change-hint = A handle you leave still leads to you and is given to nobody else.
members-about = About you
members-about-hint = Plain text, up to 500 characters.
members-link = Your site
members-link-hint = An address that begins with https:// or http://.
members-save = Save
members-saved = Saved.
members-welcome = Welcome. This is your place.
members-picture = Picture
members-picture-text = A square picture. It is made anew from its pixels: the place, the time and the camera are not kept.
members-picture-file = File
members-picture-hint = JPEG or PNG.
members-picture-send = Use this picture
members-picture-remove = Delete the picture
members-picture-saved = The picture is in place.
members-picture-removed = The picture is deleted.

# The way between one's own pages.
members-own-nav = Your pages
members-own-account = Account
members-own-profile = Profile
members-own-notifications = Notifications
members-own-posts = Posts
members-own-clips = Clips
members-own-following = Following
members-own-muted = Muted
members-own-blocked = Blocked
members-own-data = Your data

# A voice.
members-kind-show = Show
members-kind-organisation = Organisation
members-joined = here since { $when }
members-edit = Edit the profile
members-posts = Posts
members-posts-none = Nothing yet
members-posts-none-text = What is posted here will stand in this place.
members-followers-count = { $count ->
    [one] { $number } follower
   *[other] { $number } followers
 }
members-following-count = { $count ->
    [one] follows { $number }
   *[other] follows { $number }
 }
members-followers-heading = Who follows { $name }
members-following-heading = Whom { $name } follows
members-followers-none = Nobody yet
members-followers-none-text = Who follows will stand here.
members-following-none = Nobody yet
members-following-none-text = Shows and people that are followed will stand here.
members-back-to = Back to { $name }
members-follow = Follow
members-follow-name = Follow { $name }
members-unfollow = Following
members-unfollow-name = Following: stop following { $name }
members-mute = Mute
members-mute-name = Mute { $name }
members-unmute = Unmute
members-unmute-name = Unmute { $name }
members-block = Block
members-block-name = Block { $name }
members-unblock = Unblock
members-unblock-name = Unblock { $name }
members-stop = Stop following
members-muted-note = You muted this voice: you do not see what it says, and it is not told.
members-said-follow = You follow { $name }.
members-said-unfollow = You no longer follow { $name }.
members-said-mute = You no longer see what { $name } says. Nobody is told.
members-said-unmute = You see again what { $name } says.
members-said-block = You and { $name } no longer see each other.
members-said-unblock = { $name } is no longer blocked. Nobody follows anybody again by itself.

# Own lists.
members-list-following = Whom you follow
members-list-following-lede = Their posts are in your feed.
members-list-following-none = You follow nobody yet
members-list-following-none-text = Open a show or a profile and choose “Follow”.
members-list-muted = Muted
members-list-muted-lede = You do not see what they say. They are not told, and they see you.
members-list-muted-none = You muted nobody
members-list-muted-none-text = On a profile you can mute without blocking.
members-list-blocked = Blocked
members-list-blocked-lede = You and they do not see each other: neither profile, nor posts, nor comments.
members-list-blocked-none = You blocked nobody
members-list-blocked-none-text = On a profile you can block.

# Notifications.
notices-heading = Notifications
notices-read-all = Mark all as read
notices-read-said = All are marked as read.
notices-new = new
notices-none = Nothing yet
notices-none-text = When somebody follows, mentions or answers you, it stands here. Nothing from those you muted or blocked.
notices-who = { $others ->
    [0] { $who }
    [one] { $who } and { $others } other
   *[other] { $who } and { $others } others
 }
notices-somebody = Somebody
notices-follow = { $who } follow you
notices-follow-one = { $who } follows you
notices-mention = { $who } mentioned you
notices-mention-one = { $who } mentioned you
notices-comment = { $who } commented on your post
notices-comment-one = { $who } commented on your post
notices-reply = { $who } answered your comment
notices-reply-one = { $who } answered your comment
notices-reshare = { $who } reshared your post
notices-reshare-one = { $who } reshared your post
notices-quote = { $who } quoted your post
notices-quote-one = { $who } quoted your post
notices-digest-heading = By e-mail
notices-digest-text = One mail with what is new, only when there is something. Each mail has a link that stops them with one click.
notices-digest = How often
notices-digest-off = Never
notices-digest-daily = Once a day
notices-digest-weekly = Once a week
notices-digest-no-address = Your account has no e-mail address. You can add one:
notices-digest-said = Saved.
notices-unread = { $count ->
    [one] { $number } new notification
   *[other] { $number } new notifications
 }

# The mail with what is new, and stopping it.
mail-digest-subject = { $subject }
mail-digest-body =
    { $lines }

    All of it: { $page }

    You get this mail because you chose it in your settings.
    To stop these mails: { $stop }
mail-digest-subject-count = { $count ->
    [one] { $count } new notification
   *[other] { $count } new notifications
 }
mail-digest-more = { $count ->
    [one] and { $count } more
   *[other] and { $count } more
 }
mail-join-subject = Your code: { $code }
mail-join-body =
    Your code: { $code }

    It works for ten minutes, in the browser where you asked for it. If you already have an account with this address, the code signs you in to it.

    If you asked for nothing, there is nothing to do.
digest-stop-heading = Mails with what is new
digest-stop-text = One click, and no more of these mails are sent. You need not sign in.
digest-stop-do = Stop these mails
digest-stop-done = Done. No more of these mails are sent.
digest-stop-again = You can turn them on again:

# One's own data.
data-heading = Your data
data-export = A copy of everything
data-export-text = One archive (tar) with your pictures, the originals of your clips, and export.json: your account, your profile, your posts with what they said before, your comments, whom you follow, what you muted and blocked, and your notifications, in a form other programs can read.
data-export-do = Download
data-erase = Erase me
data-erase-text = This ends your account. It happens at once and cannot be undone.
data-erase-goes = What goes
data-erase-goes-account = Your account: name, e-mail address, password, passkeys, sessions.
data-erase-goes-profile = Your profile: name, about, link, picture.
data-erase-goes-posts = Your posts and clips, with pictures, video and what they said before they were edited.
data-erase-goes-comments = Your comments: text and name. Where somebody answered, an empty place stays.
data-erase-goes-bonds = Whom you follow and who follows you, what you muted and blocked, your notifications.
data-erase-stays = What stays
data-erase-stays-handle = Your handle, reserved without a name, so that nobody can pass for you.
data-erase-stays-log = Entries of the public log: digests and hours, never a name or a text.
data-erase-stays-team = Approvals and other records of a team you worked in, where others rely on them.
data-erase-stays-backup = Backups of the operator, until they run out.
data-erase-final = Download your copy first: afterwards there is none.
data-erase-confirm = To confirm, type the word
data-erase-confirm-hint = The word is: { $word }
data-erase-word = erase
data-erase-do = Erase me for good
data-erased-said = Your account is erased. Thank you for having been here.

# An address for an account without.
members-address-none = No e-mail address
members-address-add = Add an e-mail address
members-address-text = With an address you can sign in by a mailed code when your device is lost. It is never shown.

# Refusals.
refusal-last-passkey = This is the only way into your account. Add an e-mail address or another passkey first.
refusal-address-taken = This address already has an account. Sign in there, or use another address.
field-address-taken = This address already has an account.
field-handle-taken = This handle is taken, or was somebody’s before.
field-handle-often = You took two handles within a day already: another one tomorrow.
field-handle-many = You have had as many handles as stay yours. One of those you had can be yours again.
field-confirm-word = Type the word exactly.
field-handle-form = 3 to 30 letters from a to z without accents, digits, - or _, with one letter at least; neither - nor _ at an end or twice in a row.
field-link = Give a whole web address, such as https://example.org.
refusal-join-first = Take your place in public first: it takes a name and a handle.
refusal-changed-meanwhile = This changed meanwhile. Nothing was saved.
refusal-yourself = Nobody follows, mutes or blocks themselves.
refusal-unblock-first = You blocked this person. Unblock them first.
refusal-mute-instead = Shows and organisations cannot be blocked; they can be muted.
members-gone = Somebody who is no longer here
members-to-show = The page of the show
members-to-site = The home page

# The API.
api-group-members = Members
api-op-read-member = A voice: a member, a show or an organisation, by its handle.
api-op-read-me = The place in public of whoever made the token.
api-op-edit-me = Change one’s own profile.
api-op-list-following = Whom one follows, newest first.
api-op-follow = Follow a voice.
api-op-unfollow = Stop following a voice.
api-op-list-muted = Whom one muted.
api-op-mute = Mute a voice. It is not told.
api-op-unmute = Unmute a voice.
api-op-list-blocked = Whom one blocked.
api-op-block = Block a member: neither sees the other.
api-op-unblock = Take a block back.
api-op-list-notifications = What happened, newest first; nothing from those muted or blocked.
api-op-read-notifications = Mark everything up to now as read.

# Elsewhere.
members-no-account = No account yet?
privacy-member = Having a place in public
privacy-member-kept = Your name, handle, picture and what you wrote; whom you follow, mute and block; what happened to you. An address you give when you join is kept ten minutes unless the code is typed.
privacy-member-long = Until you change or delete it, or erase yourself; the handle stays reserved without a name.

privacy-people = If you join: profile, follows, people muted and blocked, notifications
privacy-people-kept = What you wrote about yourself, your portrait made anew without anything of the camera, whom you follow, mute or block and since when, what you were told. Your handle stays reserved, without your name, so that nobody can pass for you.
privacy-people-long = While you stay. All of it can be taken along and erased from your account.
privacy-post = Your posts and clips
privacy-post-kept = Your words and what they were before, pictures made anew and what you say of them, videos, captions, and what linked pages say of themselves. The original of a video is given back to you only, or to those who publish in the name of the show; its digest is in the public log.
privacy-post-long = Until you delete them. A clip's digest stays in the public log and says nothing about anybody.
