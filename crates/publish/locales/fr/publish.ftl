# Émissions, épisodes, lecteur.

publish-episode-number = Épisode
publish-listen = Écouter
publish-read = Lire
publish-read-transcript = Lire la transcription
publish-subscribe = S’abonner
publish-feed = Flux RSS du podcast
publish-feed-hint = Le flux marche dans toutes les applications d’écoute.
publish-episodes = Épisodes
publish-none-heading = Aucun épisode publié
publish-none-text = Le premier apparaîtra ici et dans le flux, au même moment.
publish-about = À propos
publish-people = Avec
publish-around = Autour de l’épisode
publish-notes = Notes de l’épisode
publish-in-page = Dans cette page
publish-chapters = Chapitres
publish-excerpts =
    { $count ->
        [one] Extrait
       *[other] Extraits
    }
publish-excerpt-file = MP3
publish-chapter-now = en cours
publish-sources = { $count ->
        [one] Source :
       *[other] Sources :
    }
publish-source-seen = lu le
publish-video-opens = S’ouvre sur { $host }, qui verra votre visite.
publish-text = Texte
publish-transcript = Transcription
publish-transcript-reviewed = Relue par une personne.
publish-transcript-unreviewed = Faite par une machine, pas encore relue.
publish-transcript-tap = Touchez une heure pour écouter ce passage.
publish-transcript-all = Toute la transcription ({ $words })
publish-share = Partager
publish-share-native = Partager…
publish-share-from = Commencer à { $position }
publish-copy = Copier le lien
publish-copied = Le lien est copié.
publish-copy-failed = Le navigateur a refusé la copie. Le lien est écrit ci-dessous.
publish-mail = E-mail
publish-check = Vérifier
publish-fact-audio-hash = Empreinte audio
publish-fact-size = Taille du fichier
publish-fact-guid = Identifiant du flux
publish-fact-updated = Dernière modification
publish-fact-licence = Licence
publish-neighbours = Autres épisodes
publish-previous = Épisode précédent
publish-next = Épisode suivant
publish-trailer = Bande-annonce
publish-bonus = Bonus
publish-new-tab = (nouvel onglet)
publish-no-audio = Cet épisode n’a pas de son.
publish-download = Télécharger, { $size }

# Le lecteur. Les heures arrivent comme des nombres.

publish-player = Lecteur
publish-player-play = Écouter
publish-player-pause = Pause
publish-player-back = Reculer de 15 secondes
publish-player-forward = Avancer de 30 secondes
publish-player-speed = Vitesse : { $speed }×
publish-player-seek = Position
publish-player-position = { $position } sur { $total }
publish-player-time-hours = { $hours } h { $minutes } min { $seconds } s
publish-player-time-minutes = { $minutes } min { $seconds } s
publish-player-jump = Lecture à { $position }
publish-player-wait = Chargement
publish-player-error = Le son ne se charge pas. Téléchargez le fichier, ou réessayez plus tard.
publish-player-remote = Le son est gardé par un autre hébergeur, qui verra votre visite quand vous écoutez.

publish-and = et
publish-with = avec { $names }
publish-words = { $count ->
    [one] { $count } mot
   *[other] { $count } mots
}
publish-role-host = présentation
publish-role-guest = invité·e
publish-role-reporter = reportage
publish-language-fr = français
publish-language-en = anglais
publish-language-de = allemand
publish-language-es = espagnol
publish-language-it = italien
publish-corrections = { $count ->
    [one] Rectificatif
   *[other] Rectificatifs
}
publish-correction-amends = modifie un rectificatif précédent
