# Shows, calendar, media, pages of the studio

sites-shows = Shows
sites-calendar = Calendar
sites-media = Media
sites-pages = Pages
sites-save = Save
sites-settings = Settings
sites-see-show = See the show

# List

sites-today = Today
sites-all-episodes = All episodes
sites-col-show = Show
sites-col-length = Length
sites-col-size = File
sites-every-show = All
sites-every-state = All
sites-search = Words of the title
sites-filter = Filter
sites-filter-clear = Show everything
sites-none-found = Nothing matches
sites-none-found-text = Try fewer words or another show.

# Show

sites-show-new = New show
sites-show-create = Create the show
sites-title = Title
sites-tagline = Tagline
sites-tagline-hint = One line under the title.
sites-description = Description
sites-description-hint = Leave an empty line between paragraphs. Directories read 4,000 bytes of it.
sites-footer = Foot of the page
sites-footer-hint = One line at the foot of the show’s pages.
sites-language = Language
sites-language-hint = The language the show is made in.
sites-zone = Time zone
sites-zone-hint = A name of the IANA database, such as Europe/Paris. Times of publication are meant in this zone.
sites-zone-moves = If the zone changes, scheduled episodes ({ $count }) keep the time on the clock and their instant moves.
sites-category = Category
sites-category-2 = Second category
sites-category-hint = Apple’s words, which every directory reads. Apple only counts the first.
sites-category-none = None
sites-kind = Order of episodes
sites-kind-episodic = Each stands alone, newest first
sites-kind-serial = A series, from the beginning
sites-author = Author
sites-author-hint = Who makes the show, as directories put it.
sites-copyright = Rights line
sites-explicit = Explicit content
sites-explicit-hint = Strong language or hard scenes. An episode may say otherwise.
sites-slug = Name in the address
sites-slug-hint = Lower-case letters, digits and dashes. Made from the title when empty.
sites-slug-rename = The old name keeps leading here, for ever. No other show can take it.
sites-rename = Change the name
sites-guid = Identity of the podcast, which never changes:
sites-sections = Settings of the show
sites-h-texts = Texts
sites-h-about = About
sites-h-cover = Cover
sites-h-credits = Team
sites-h-feed = Feed
sites-h-desk = Desk
sites-h-site = Site
sites-h-address = Address
sites-cover = Cover
sites-cover-none = No cover yet.
sites-cover-file = Cover picture
sites-cover-hint = JPEG or PNG, square, 1,400 to 3,000 pixels a side.
sites-cover-send = Send the cover
sites-cover-warning = Apple refuses this cover: it must be square, 1,400 to 3,000 pixels a side.
sites-picture-size = { $width } × { $height } pixels
sites-credits = Team
sites-credits-hint = People named on the page and in the feed. Empty a name to remove the person.
sites-credit-new = One more person
sites-credit-more = Page and bio
sites-credit-href = The person’s page
sites-credit-bio-fr = Bio in French
sites-credit-bio-en = Bio in English
sites-role = Role
sites-role-host = host
sites-role-co-host = co-host
sites-role-guest = guest
sites-role-reporter = reporter
sites-role-producer = producer
sites-role-editor = editor
sites-role-author = author
sites-role-composer = music
sites-medium = Kind of content
sites-medium-podcast = Podcast
sites-medium-music = Music
sites-medium-video = Video
sites-medium-film = Film
sites-medium-audiobook = Audiobook
sites-medium-newsletter = Newsletter
sites-medium-blog = Blog
sites-medium-publisher = Publisher
sites-medium-course = Course
sites-frequency = Rhythm
sites-frequency-hint = For people, for example “Every weekday morning”.
sites-rrule = Rhythm for programs
sites-rrule-hint = An RFC 5545 rule, for example FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR.
sites-locked = Import locked
sites-locked-hint = Asks other hosts not to import this feed.
sites-complete = The show has ended
sites-complete-hint = Tells apps that no more episodes will come.
sites-blocked = Not in directories
sites-blocked-hint = Asks directories not to list the show. The feed can still be read.
sites-funding = Links to support the show
sites-funding-url = Address
sites-funding-text = Words of the link
sites-txt = Text records
sites-txt-hint = What a directory asks for to check that the feed is yours.
sites-txt-purpose = Purpose
sites-txt-value = Text
sites-owner-email-shown = Show an address in the feed
sites-owner-email-hint = It will be public and robots will copy it. Some directories send a code to it.
sites-owner-email = The owner’s address
sites-moved-to = The feed has moved
sites-moved-to-hint = The whole new address. Ours will lead there for ever.
sites-approval = The client must approve
sites-approval-hint = No episode comes out without approval by link.
sites-transcript-needed = A transcript is needed
sites-transcript-needed-hint = Without one, no episode comes out. Otherwise its absence is a warning.
sites-notify = Who gets mails
sites-notify-hint = The check of the evening before and the proof of publication. If nobody is chosen, it is who scheduled.
sites-host = Host name of its own
sites-host-hint = For example podcast.example.org. Point it to this server before you save it. A name with accents is written in ASCII (xn--).
sites-colour = Colour
sites-colour-hint = Such as #0a5a4a. It must be legible as text on light ground. Empty: the site’s.
sites-mark = Mark
sites-mark-none = No mark yet.
sites-mark-file = Picture of the mark
sites-mark-hint = A square picture, shown beside the name.
sites-mark-send = Send the mark
sites-mark-remove = Remove the mark

# New episode

sites-episode-new = New episode
sites-episode-create = Create the episode
sites-which-show = Of which show?
sites-number = Number
sites-number-hint = The one after the last episode.
sites-planned = Planned day
sites-planned-hint = Optional. The episode stays a draft; the time is that of the last episode, in { $zone }.
sites-frame = Take over the frame of the last episode
sites-frame-hint = Team: { $people }. Season: { $season }.
sites-frame-nobody = nobody
sites-frame-no-season = none

# Calendar

sites-months = Months
sites-month-previous = Previous month
sites-month-today = Today
sites-month-next = Next month
sites-calendar-of = Episodes of { $month }
sites-two-zones = Several zones on this day
sites-clocks-forward = { $zone }: clocks go forward
sites-clocks-back = { $zone }: clocks go back
sites-day-add = Add
sites-undated = Drafts without a date
sites-undated-none = Every draft has a date.
sites-planned-only = planned
sites-day-mon = Monday
sites-day-tue = Tuesday
sites-day-wed = Wednesday
sites-day-thu = Thursday
sites-day-fri = Friday
sites-day-sat = Saturday
sites-day-sun = Sunday
sites-month-1 = January
sites-month-2 = February
sites-month-3 = March
sites-month-4 = April
sites-month-5 = May
sites-month-6 = June
sites-month-7 = July
sites-month-8 = August
sites-month-9 = September
sites-month-10 = October
sites-month-11 = November
sites-month-12 = December

# Media

sites-pictures-total = { $count ->
    [one] { $count } picture, { $size }
   *[other] { $count } pictures, { $size }
}
sites-sounds-total = { $count ->
    [one] { $count } sound, { $size }
   *[other] { $count } sounds, { $size }
}
sites-pictures-file = Pictures to add
sites-pictures-hint = JPEG or PNG, 12 at a time, 20 MB each.
sites-pictures-send = Send the pictures
sites-pictures-none = No pictures
sites-pictures-none-text = Covers and pictures of chapters will appear here.
sites-sounds-none = No sound here
sites-sounds-none-text = Sound is sent on an episode’s page.
sites-use-cover = Cover of { $show }
sites-use-mark = Mark of { $show }
sites-use-episode = Cover of an episode of { $show }
sites-use-chapter = Chapter of an episode of { $show }
sites-unused = Used nowhere
sites-alt = Alternative text
sites-alt-none = missing
sites-alt-fr = What the picture shows, in French
sites-alt-en = What the picture shows, in English
sites-picture-remove = Remove the picture
sites-picture-remove-text = The picture goes at once, and its files a day later.
sites-picture-remove-now = Remove for good

# Pages

sites-page-new = New page
sites-page-save = Save the page
sites-page-kind = Kind
sites-page-kind-hint = The headings of rules become clauses that can be cited.
sites-page-about = About
sites-page-rules = Rules
sites-page-page = Page
sites-page-place = Site
sites-page-place-hint = The whole site, or one show.
sites-whole-site = The whole site
sites-page-public = Public
sites-page-public-hint = Otherwise it is a draft only the team sees.
sites-page-is-public = public
sites-page-changed = Last changed:
sites-page-clauses = Clauses
sites-page-slug-stays = The page has been public: its address stays “{ $slug }”.
sites-pages-none = No pages
sites-pages-none-text = An about page and rules, for example. Their links stand at the foot of the site.
sites-body = Text
sites-body-hint = In Markdown. A heading (## Title) gets an anchor that never changes again.
sites-body-imported = This text was imported as it was. What you write here replaces it.
sites-history = Versions
sites-history-none = The first version comes with the first save.
sites-version = Version { $number }
sites-restore = Restore
sites-nobody = somebody

# After a form

sites-said-show-created = The show is created.
sites-said-texts-saved = The texts are saved.
sites-said-about-saved = It is saved.
sites-said-cover-saved = The cover is saved.
sites-said-credits-saved = The team is saved.
sites-said-feed-saved = The feed’s settings are saved.
sites-said-desk-saved = The desk’s settings are saved.
sites-said-site-saved = The site’s settings are saved.
sites-said-address-saved = The address has changed. The old one leads here.
sites-said-mark-saved = The mark is saved.
sites-said-unmark-saved = The mark is removed.
sites-said-page-saved = The page is saved.
sites-said-picture-described = The alternative text is saved.
sites-said-picture-removed = The picture is removed.
sites-said-pictures-added = The pictures are added.

# Refusals

field-host-malformed = Write a host name such as podcast.example.org, without https or port.
field-host-reserved = This name is the whole site’s.
field-host-taken = Another show has this name, or had it.
refusal-host-taken = The name { $host } is taken by another show.
field-colour-malformed = Write a colour such as #0a5a4a.
field-colour-faint = This colour is too faint to be read. The nearest that works: { $nearest }.
field-medium-unknown = This kind is not known.
field-txt-malformed = A record has a text of at most 4,000 characters and a purpose of at most 128.
field-zone-would-publish = In this zone, the time of a scheduled episode has already passed.
refusal-zone-would-publish = The episode scheduled for { $when } would come out at once. Move it first.
field-show-unknown = Choose a show of the organisation.
refusal-image-used = This picture is in use: it stays.

# API

api-group-sites = Shows, calendar, media, pages
api-op-read-show = Gives a show with all its settings
api-op-edit-show = Replaces what a show says about itself
api-op-set-channel = Replaces everything its feeds say beyond its content
api-op-set-show-site = Gives a show its host name and colour
api-op-set-show-address = Changes the name of a show in addresses
api-op-set-show-desk = Says how a show is worked on
api-op-list-desk-episodes = Lists the episodes of every show in every state
api-op-read-desk-calendar = Gives a month of every show
api-op-list-images = Lists pictures with where they are used
api-op-list-sounds = Lists the sounds kept here
api-op-describe-image = Says what a picture shows
api-op-remove-image = Removes a picture nothing uses
api-op-list-pages = Lists public pages; with a token those of its team
api-op-create-page = Makes a page
api-op-read-page = Gives a page with its versions
api-op-edit-page = Replaces what a page says
