# Shows, episodes, player.

publish-episode-number = Episode
publish-listen = Listen
publish-read = Read
publish-read-transcript = Read the transcript
publish-subscribe = Subscribe
publish-feed = RSS feed of the podcast
publish-feed-hint = The feed works in every listening app.
publish-episodes = Episodes
publish-none-heading = No episode published
publish-none-text = The first one will appear here and in the feed at the same moment.
publish-about = About
publish-people = With
publish-around = Around the episode
publish-notes = Episode notes
publish-in-page = On this page
publish-chapters = Chapters
publish-excerpts =
    { $count ->
        [one] Excerpt
       *[other] Excerpts
    }
publish-excerpt-file = MP3
publish-chapter-now = playing
publish-sources = { $count ->
        [one] Source:
       *[other] Sources:
    }
publish-source-seen = read on
publish-video-opens = Opens on { $host }, which will see your visit.
publish-text = Text
publish-transcript = Transcript
publish-transcript-reviewed = Reviewed by a person.
publish-transcript-unreviewed = Made by a machine, not reviewed yet.
publish-transcript-tap = Tap a time to listen to that passage.
publish-transcript-all = The whole transcript ({ $words })
publish-share = Share
publish-share-native = Share…
publish-share-from = Start at { $position }
publish-copy = Copy the link
publish-copied = The link is copied.
publish-copy-failed = The browser refused to copy. The link is written below.
publish-mail = E-mail
publish-check = Check
publish-fact-audio-hash = Audio hash
publish-fact-size = File size
publish-fact-guid = Feed identifier
publish-fact-updated = Last change
publish-fact-licence = Licence
publish-neighbours = Other episodes
publish-previous = Previous episode
publish-next = Next episode
publish-trailer = Trailer
publish-bonus = Bonus
publish-new-tab = (new tab)
publish-no-audio = This episode has no sound.
publish-download = Download, { $size }

# The player. Times come as numbers.

publish-player = Player
publish-player-play = Listen
publish-player-pause = Pause
publish-player-back = Back 15 seconds
publish-player-forward = Forward 30 seconds
publish-player-speed = Speed: { $speed }×
publish-player-seek = Position
publish-player-position = { $position } of { $total }
publish-player-time-hours = { $hours } h { $minutes } min { $seconds } s
publish-player-time-minutes = { $minutes } min { $seconds } s
publish-player-jump = Playing from { $position }
publish-player-wait = Loading
publish-player-error = The sound does not load. Download the file, or try again later.
publish-player-remote = The sound is kept by another host, which will see your visit when you listen.

publish-and = and
publish-with = with { $names }
publish-words = { $count ->
    [one] { $count } word
   *[other] { $count } words
}
publish-role-host = host
publish-role-guest = guest
publish-role-reporter = reporter
publish-language-fr = French
publish-language-en = English
publish-language-de = German
publish-language-es = Spanish
publish-language-it = Italian
publish-corrections = { $count ->
    [one] Correction
   *[other] Corrections
}
publish-correction-amends = amends an earlier correction
