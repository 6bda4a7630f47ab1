# The home feed, explore, tags and what decides the order.

# The home feed.
feed-nav = Your feed
feed-title = Your feed
feed-lede = What the people and shows you follow published, and nothing else.
feed-write = Write a post
feed-order-label = Order of your feed
feed-order-newest = Newest first
feed-order-turns = Each voice in turn
feed-order-kept = Your feed now stands in the order “{ $order }”.
feed-look = Look for something newer
feed-new = { $count ->
    [0] Nothing new since you last looked.
    [one] One thing is new since you last looked.
   *[other] { $count } things are new since you last looked.
 }
feed-new-more = More than { $count } things are new since you last looked.
feed-new-end = You have seen what follows.
feed-none = Your feed is empty
feed-none-text = Follow shows and people: what they publish will stand here, the newest first.
feed-quiet = Nothing yet
feed-quiet-text = Those you follow have not published anything yet.
feed-end = You have seen everything.
feed-shows = Shows to follow
feed-people = People to follow
feed-people-how = The most followed first.
feed-followers = { $count ->
    [0] nobody follows yet
    [one] one follower
   *[other] { $count } followers
 }
feed-episode-by = Episode of { $name }
feed-new-episode = New episode
feed-join = To have a feed you need a profile: a name under which you follow and write.
feed-join-do = Make your profile

# Why something stands where it stands.
feed-why = Why is this here?
feed-why-follow = You have followed { $name } since { $date }.
feed-why-through = You have followed { $house } since { $date }, and { $name } is one of its shows.
feed-why-reshare = { $name } passed it on.
feed-why-everybody = It is public, and { $name } said it.
feed-why-tag = It is public and carries the tag #{ $tag }.
feed-why-published = It was published on { $date }.
feed-why-order = This page stands in the order { $order }.
feed-why-measures = { $count ->
    [0] No measure is in force.
    [one] One measure is in force.
   *[other] { $count } measures are in force.
 }
feed-why-log = { $size ->
    [one] The public log had { $size } leaf.
   *[other] The public log had { $size } leaves.
 }
feed-why-label = A decision put this beside it: { $label }
feed-why-more = What decides the order

# Explore and tags.
explore-nav = Explore
explore-title = Explore
explore-lede = Everything people and shows say here, the newest first.
explore-order = Order: { $order }. Reshares without words are left out.
explore-none = Nobody has said anything yet
explore-none-text = The first post will stand here.
explore-tags = Tags
explore-tags-how = Among the newest 500 uses, the tags most voices used come first.
explore-tag-voices = { $count ->
    [one] one voice
   *[other] { $count } voices
 }
tag-title = #{ $tag }
tag-lede = Public posts and clips with this tag, the newest first.
tag-none = Nothing carries this tag
tag-none-text = Write #{ $tag } in a post, and it will stand here.
tag-feed = Feed of this tag
tag-feed-title = #{ $tag } on { $site }
voice-feed-title = { $name } on { $site }

# What decides the order.
order-title = What decides the order
order-lede = The lists of this site stand in orders with names. Here is what each order looks at. Nothing else decides. The law asks for this page (Regulation (EU) 2022/2065, Article 27).
order-never = What plays no part
order-never-text = What you looked at, how long, on which device and where; how often something was passed on or commented; money. No profile is kept of what you like.
order-now = Now
order-measures = { $count ->
    [0] No measure is in force.
    [one] One measure is in force.
   *[other] { $count } measures are in force.
 }
order-unread = { $count ->
    [one] The log has one leaf about measures that this server cannot read.
   *[other] The log has { $count } leaves about measures that this server cannot read.
 }
order-log = { $size ->
    [one] The public log has { $size } leaf.
   *[other] The public log has { $size } leaves.
 } Each answer in which a decision has a say names the size it obeyed in its header { $header }.
order-log-link = The public log
order-lists = The lists
order-list = List
order-list-what = What stands on it
order-list-order = Order
order-home = Your feed
order-home-what = Posts and clips of the voices you follow, episodes of the shows you follow; with an organisation you follow, those of all its shows, each once. Not: voices you muted, people you blocked or who blocked you, and what they say when somebody else passes it on.
order-explore = Explore
order-explore-what = Every public post and clip. Not: reshares without words, and what a decision limited.
order-tags = Tags
order-tags-what = Every public post and clip that carries the tag. Not: what a decision limited.
order-profiles = Profiles
order-profiles-what = What one voice says and passes on.
order-clips = Clips
order-clips-what = Every public clip, one after the other. Not: what a decision limited.
order-search = Search
order-search-what = Public episodes with the words you look for, without those whose reach a decision limits. Titles come first, then the newest.
order-search-order = titles, then newest
order-episodes = Home page and shows
order-episodes-what = Public episodes. The home page leaves out those whose reach a decision limits; the page of their show has them.
order-people = People and shows to follow
order-people-what = Voices you do not follow yet.
order-people-order = most followers
order-signed-in = When you are signed in, voices you muted and people you blocked, or who blocked you, stand on none of these lists.
order-orders = The orders
order-newest = Newest first
order-newest-text = By the instant of publication, the latest first; of the same instant the one with the higher number first.
order-newest-why = You can check it at a glance, and nobody can buy or tune a place in it. It is what you get unless you choose.
order-turns = Each voice in turn
order-turns-text = The same entries on the same page. First stands the newest of each voice, then the second newest of each, and so on; within a round, the latest first.
order-turns-why = Who publishes very often then does not push the others down.
order-inputs = It looks at:
order-input-published_at = the instant of publication
order-input-id = the number of the post or episode
order-input-voice = which voice it comes from
order-input-page = which entries stand on the page
order-since = since { $date }
order-choose = How to change it
order-choose-text = Choose the order above your feed. The choice is kept, and honoured for each page you ask for. Following, muting and blocking decide what stands in it.
order-choose-do = To your feed
order-changes = Changes
order-change-1 = The first two orders: newest/1 and turns/1.
order-file = The exact definitions
order-digest = SHA-256 of the definitions

# API.
api-group-feed = Feeds
api-op-feed = The home feed of the member whose token it is: what followed voices and shows published. The header Traboule-Log-Size names the size of the public log that was obeyed.
api-op-explore = Public posts and clips of everybody, the newest first, without reshares.
api-op-tag = Public posts and clips with a tag, the newest first.
refusal-order-unknown = There is no order of that name.
log-kind-order-defined = An order is defined
log-words-order-defined = The order { $order } is defined; the digest of its definition is { $sha256 }.
order-leaf = Leaf { $index } of the public log
