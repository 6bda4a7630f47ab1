# L’API JSON et les flux.

refusal-idempotency-key-malformed = Une clé d’idempotence compte de 1 à 200 caractères.
refusal-idempotency-key-reused = Cette clé d’idempotence a déjà servi à une autre demande.

field-rrule-malformed = Cette règle a la forme « FREQ=WEEKLY;BYDAY=MO ».
field-moved-to-own = Cette adresse est sur ce serveur : le flux n’a pas déménagé.

api-title = L’API JSON
api-lead = Lire ce qui est public et, avec un jeton, créer, modifier et publier.
api-document = Document OpenAPI 3.1
api-auth = Jetons
api-auth-text = Lire ce qui est public ne demande rien. Tout le reste demande un jeton dans l’en-tête Authorization. Les jetons se font sur la page du compte, pour une organisation.
api-auth-link = Créer un jeton
api-limits = Limites
api-limits-text = Un jeton a { $most } demandes par minute. Les en-têtes RateLimit-Limit, RateLimit-Remaining et RateLimit-Reset disent ce qui reste.
api-once = Répéter sans risque
api-once-text = Les demandes qui créent acceptent l’en-tête Idempotency-Key. La même clé et le même corps reçoivent pendant 24 heures la même réponse, et rien n’est fait deux fois.
api-pages = Longues listes
api-pages-text = Une liste finit par next. Renvoyez-le comme after pour continuer ; null est la fin.
api-problems = Problèmes
api-problems-text = Un refus est en problem+json : code et les codes des champs sont stables, les phrases suivent l’en-tête Accept-Language.
api-contents = Opérations
api-who-public = pour tout le monde
api-who-signed-in = avec un jeton
api-who-member = jeton d’un membre
api-who-editor = jeton de la rédaction
api-who-owner = jeton d’un propriétaire
api-params = Paramètres
api-sent = Envoyé
api-sent-bytes = Les octets d’un fichier : { $types }
api-sent-perhaps = Peut rester vide.
api-answered = Réponse, { $status }
api-answered-nothing = Réponse, { $status }, sans corps
api-codes = Problèmes
api-example = Exemple
api-needed = requis
api-name = Nom
api-kind = Valeur
api-once-here = Accepte Idempotency-Key.

api-group-shows = Émissions
api-group-episodes = Épisodes
api-group-files = Fichiers

api-op-list-shows = Donne la liste des émissions
api-op-create-show = Crée une émission
api-op-read-feed-settings = Donne ce que les flux d’une émission disent au-delà du contenu
api-op-edit-feed-settings = Remplace ce que les flux d’une émission disent au-delà du contenu ; fait déménager l’émission
api-op-read-openapi = Donne ce document
api-op-list-episodes = Donne la liste des épisodes publics d’une émission, les plus récents d’abord
api-op-create-episode = Crée un brouillon
api-op-read-episode = Donne un épisode ; avec un jeton de son équipe, dans tout état
api-op-edit-episode = Remplace le contenu d’un épisode
api-op-schedule-episode = Publie maintenant, à un instant, ou à l’heure de l’émission
api-op-unpublish-episode = Retire un épisode publié
api-op-draft-episode = Refait un brouillon d’un épisode programmé
api-op-put-audio = Pose le son
api-op-put-cover = Pose la couverture
api-op-put-transcript = Pose une transcription
api-op-add-image = Ajoute une image pour des chapitres
