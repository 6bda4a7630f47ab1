# Checks, proofs, approvals, webhooks.

# The linter.
checks-heading = Vérifications
checks-now = Vérifier maintenant
checks-none = Rien à signaler.
checks-colon = { " :" }
checks-level-error = erreur
checks-level-warning = remarque
checks-source-apple = Apple
checks-source-rss = RSS
checks-source-podcasting2 = Podcasting 2.0
checks-source-wcag = accessibilité
checks-source-house = maison
checks-field-title = Titre
checks-field-summary = Résumé
checks-field-notes_md = Notes
checks-field-number = Numéro
checks-field-season = Saison
checks-field-guid = Identifiant
checks-field-cover = Image
checks-field-cover_alt = Texte de l’image
checks-field-credits = Personnes
checks-field-audio = Son
checks-field-transcript = Transcription
checks-field-chapters = Chapitres
checks-field-sources = Sources
checks-field-approval = Accord du client
checks-field-show = Émission
field-lint-title-missing = Il manque le titre.
field-lint-title-long = Le titre a { $count } caractères : { $most } au plus.
field-lint-title-cut = Le titre a { $count } caractères : les applications le coupent vers { $most }.
field-lint-title-spaces = Le titre a des espaces en trop.
field-lint-title-number = Le titre répète le numéro de l’épisode, que les applications affichent déjà.
field-lint-title-twice = Un autre épisode de l’émission porte le même titre.
field-lint-language-missing = Il n’y a pas de texte dans la langue de l’émission.
field-lint-description-missing = Il manque un résumé ou des notes.
field-lint-description-long = Sans résumé, les notes ({ $bytes } octets) sont coupées à { $most } dans le flux. Ajoutez un résumé.
field-lint-summary-repeats = Le résumé répète le titre.
field-lint-link-text = Le lien « { $text } » ne dit pas où il mène.
field-lint-notes-picture = Une image des notes n’a pas de texte de remplacement.
field-lint-number-missing = Une émission qui se suit demande un numéro par épisode.
field-lint-number-zero = Zéro n’est pas un numéro pour Apple.
field-lint-number-twice = Un autre épisode de la saison porte ce numéro.
field-lint-season-zero = Zéro n’est pas une saison pour Apple.
field-lint-guid-empty = L’identifiant de l’épisode est vide.
field-lint-guid-link = L’identifiant se dit adresse, et n’en est pas une.
field-lint-guid-odd = L’identifiant est très long ou contient des espaces : certains lecteurs le liront mal.
field-lint-cover-size = L’image mesure { $width } × { $height } : Apple demande un côté de 1400 à 3000 pixels.
field-lint-cover-shape = L’image mesure { $width } × { $height } : elle doit être carrée.
field-lint-cover-type = L’image doit être un JPEG ou un PNG.
field-lint-cover-alt = Il manque le texte qui dit ce que montre l’image.
field-lint-role-unknown = Le rôle « { $role } » de { $who } n’est pas dans la liste des podcasts : la personne n’apparaîtra pas dans le flux.
field-lint-audio-missing = Il manque le son.
field-lint-audio-type = Apple ne lit pas le type « { $mime } ».
field-lint-audio-length = La taille du fichier n’est pas connue. Envoyez le son de nouveau.
field-lint-audio-length-unknown = L’hébergeur du son ne dit pas sa taille.
field-lint-audio-address = L’adresse du son n’est pas une adresse web en caractères simples.
field-lint-audio-http = Le son est sans HTTPS.
field-lint-audio-extension = L’adresse du son finit par « .{ $extension } », ce qui contredit son type.
field-lint-audio-nameless = L’adresse du son ne finit pas par une extension connue.
field-lint-audio-twice = Un autre épisode nomme le même fichier : Apple n’en garde qu’un.
field-lint-audio-same = Un autre épisode a exactement le même son.
field-lint-duration-missing = La durée n’est pas connue.
field-lint-transcript-missing = Il manque la transcription.
field-lint-transcript-unread = Personne n’a encore relu une transcription.
field-lint-transcript-beyond = Une transcription continue après la fin du son : est-ce la bonne ?
field-lint-chapters-order = Les chapitres ne sont pas dans l’ordre.
field-lint-chapter-beyond = { $count ->
    [one] Un chapitre commence après la fin du son : { $which }.
   *[other] { $count } chapitres commencent après la fin du son : { $which }.
}
field-lint-chapter-first = Le premier chapitre ne commence pas à zéro.
field-lint-chapter-title = { $count ->
    [one] Un chapitre n’a pas de titre : { $which }.
   *[other] { $count } chapitres n’ont pas de titre : { $which }.
}
field-lint-chapter-source = { $count ->
    [one] Un chapitre est sans source : { $which }.
   *[other] { $count } chapitres sont sans source : { $which }.
}
field-lint-source-dead = La source « { $title } » ne répond plus : { $url }
field-lint-source-text = Une source est nommée par son adresse ; donnez-lui un titre : { $url }
field-lint-approval-missing = Aucun client n’a encore approuvé.
field-lint-approval-outdated = Approuvé en version { $approved }, changé depuis (version { $now }).
field-lint-approval-changes = { $who } a demandé des changements.
field-lint-show-description = L’émission n’a pas de description.
field-lint-show-description-long = La description de l’émission fait { $bytes } octets : elle est coupée à { $most }.
field-lint-show-title-long = Le titre de l’émission est très long.
field-lint-show-author = L’émission ne dit pas qui la fait.
field-lint-show-language = La langue de l’émission n’est pas connue.
field-lint-show-cover = L’émission n’a pas d’image : les annuaires la refusent sans elle.
field-lint-show-cover-size = L’image de l’émission mesure { $width } × { $height } : Apple demande un carré de 1400 à 3000 pixels.
field-lint-show-cover-type = L’image de l’émission doit être un JPEG ou un PNG.
field-lint-show-category = L’émission n’a pas de catégorie.
field-lint-show-category-unknown = La catégorie « { $name } » n’est pas dans la liste d’Apple.
field-lint-show-guid = L’identifiant du podcast n’est pas un UUID.
field-lint-show-medium = Le support « { $medium } » n’est pas connu.
field-lint-show-funding = Un lien de soutien est mal formé, ou son texte dépasse 128 caractères.
field-lint-show-txt = Un enregistrement « txt » est vide ou trop long.
field-lint-show-rrule = La règle de rythme n’est pas une règle RFC 5545.
field-lint-show-moved = La nouvelle adresse du flux n’est pas en HTTPS.

# Evening check and proof.
proof-heading = Avant et après la publication
proof-evening = Contrôle de la veille
proof-proof = Preuve de publication
proof-verdict-ok = tout va bien
proof-verdict-warnings = des remarques
proof-verdict-failed = à réparer
evening-sound = Le son est entier dans le stockage.
evening-sound-bad = Le son manque dans le stockage, ou n’est pas entier. Envoyez-le de nouveau.
proof-page = La page publique montre le titre.
proof-page-bad = La page publique ne répond pas comme prévu : { $why }
proof-page-title-bad = La page publique ne montre pas le titre.
proof-feed = Le flux contient l’épisode.
proof-feed-bad = Le flux ne répond pas comme prévu : { $why }
proof-feed-guid-bad = Le flux ne contient pas l’identifiant de l’épisode.
proof-feed-enclosure-bad = Le flux ne contient pas l’adresse du son.
proof-feed-unchanged = Le flux sait dire qu’il n’a pas changé (304).
proof-feed-unchanged-bad = Le flux ne sait pas dire qu’il n’a pas changé (304).
proof-sound = Le son répond avec la bonne taille.
proof-sound-bad = Le son ne répond pas comme prévu : { $why }
proof-sound-none-bad = L’épisode n’a pas de son.
proof-sound-length-bad = Le son n’annonce pas la bonne taille.
proof-range = Le son s’écoute à partir de n’importe quel endroit (206).
proof-range-bad = Le son ne s’envoie pas par morceaux : { $why }

# Approval.
approval-tab = Accord
approval-label = Pour qui
approval-label-hint = Par exemple le nom du client. Il le voit aussi.
approval-days = Durée en jours
approval-days-hint = 30 jours au plus.
approval-made = Lien pour { $who }
approval-once = Copiez-le maintenant : il ne sera plus montré. Qui a ce lien voit le brouillon et peut répondre.
approval-link = Lien
approval-mail = Écrire un e-mail
approval-mail-text = Texte à envoyer
approval-mail-subject = À écouter avant publication : { $title }
approval-mail-body =
    Bonjour,

    voici « { $title } » comme il sera publié. Vous pouvez l’écouter, commenter et l’approuver ici, sans compte :

    { $url }

    Le lien fonctionne jusqu’au { $ends }.
approval-state = État
approval-notes = Réponses
approval-none-heading = Aucune réponse
approval-none-text = Ce que les clients écrivent apparaîtra ici.
approval-by-link = Par le lien de { $who }.
approval-links = Liens
approval-links-none = Aucun lien pour l’instant.
approval-new = Nouveau lien
approval-make = Créer le lien
approval-ends = Fin :
approval-revoke = Révoquer
approval-made-by = Créé le { $when } par { $who }
approval-link-works = actif
approval-link-over = expiré
approval-link-revoked = révoqué
approval-version = version { $version }
approval-kind-comment = commentaire
approval-kind-approved = approuvé
approval-kind-changes = changements demandés
approval-standing-none = Aucune décision sur la version { $now }
approval-standing-approved = Approuvé : version { $seen }
approval-standing-outdated = Approuvé en version { $seen }, maintenant version { $now }
approval-standing-changes = { $who } demande des changements à la version { $seen }
approval-said-revoked = Le lien ne marche plus.
approve-intro = Aperçu pour { $who } : cet épisode n’est pas forcément public. Le lien fonctionne jusqu’au { $ends }.
approve-heading = Votre réponse
approve-go = Répondre
approve-name = Votre nom
approve-text = Votre message
approve-text-hint = Facultatif si vous approuvez.
approve-yes = Approuver la version { $version }
approve-changes = Demander des changements
approve-comment = Seulement commenter
approve-kept = Votre nom, votre message et la version vue sont gardés et montrés à la rédaction.
approve-said = Déjà dit par ce lien
approve-said-approved = Merci. Votre accord est enregistré.
approve-said-changes = Merci. Votre demande est transmise.
approve-said-comment = Merci. Votre message est transmis.

# Webhooks.
webhook-heading = Webhooks
webhook-text = Le serveur prévient un de vos programmes par une requête signée.
webhook-new = Nouveau webhook
webhook-url = Adresse
webhook-url-hint = Commence par « https:// ».
webhook-events = Événements
webhook-add = Ajouter
webhook-secret = Secret de signature
webhook-secret-once = Copiez-le maintenant : il ne sera plus montré.
webhook-secret-overlap = L’ancien signe encore pendant 24 heures.
webhook-copy = Copier le secret
webhook-copied = Le secret est copié.
webhook-list = Adresses
webhook-test = Envoyer un essai
webhook-pause = Suspendre
webhook-resume = Reprendre
webhook-rotate = Changer le secret
webhook-delete = Supprimer
webhook-delete-sure = L’adresse et la liste de ses messages disparaissent.
webhook-none-heading = Aucun webhook
webhook-none-text = Ajoutez l’adresse d’un programme à prévenir.
webhook-deliveries = Messages
webhook-col-event = Événement
webhook-col-state = État
webhook-col-when = Dernier essai
webhook-resend = Renvoyer
webhook-event-episode-published = Épisode publié
webhook-event-episode-updated = Épisode public changé
webhook-event-episode-unpublished = Épisode retiré
webhook-event-approval-answered = Réponse d’un client
webhook-event-webhook-test = Essai
webhook-state-works = actif
webhook-state-paused = suspendu
webhook-state-gone = suspendu : le destinataire a répondu 410
webhook-message-waiting = en attente
webhook-message-delivered = reçu
webhook-message-failed = échec
webhook-answer = réponse { $status }
webhook-trouble-paused = suspendu entre-temps
webhook-trouble-refused = adresse refusée
webhook-trouble-unreachable = pas de réponse
webhook-trouble-gone = destinataire parti
webhook-attempts = { $count ->
    [one] { $count } essai
   *[other] { $count } essais
}
webhook-said-test = L’essai part.
webhook-said-paused = Le webhook est suspendu.
webhook-said-resumed = Le webhook est actif.
webhook-said-deleted = Le webhook est supprimé.
webhook-said-resent = Le message part de nouveau.

# Refusals and fields.
refusal-approval-too-many = Trop de liens marchent en même temps. Révoquez-en d’abord.
refusal-approval-changed = L’épisode a changé depuis que vous avez ouvert cette page. Regardez la version d’aujourd’hui, puis répondez.
refusal-approval-full = Ce lien a reçu trop de réponses.
refusal-webhook-too-many = Il y a déjà 20 webhooks. Supprimez-en d’abord.
field-approval-days = De 1 à { $most } jours.
field-webhook-https = L’adresse doit commencer par « https:// ».
field-webhook-private = Cette adresse mène à un réseau privé.
field-webhook-events = Choisissez au moins un événement.

# The API.
api-group-checks = Vérifications, accords, webhooks
api-op-check-episode = Dit ce que les vérifications trouvent
api-op-list-proofs = Donne les contrôles de la veille et les preuves de publication
api-op-list-approvals = Donne l’accord, les liens et les réponses des clients
api-op-create-approval = Crée un lien pour un client
api-op-revoke-approval = Révoque un lien
api-op-list-webhooks = Donne les webhooks
api-op-create-webhook = Ajoute un webhook
api-op-list-webhook-messages = Donne les messages d’un webhook
api-op-test-webhook = Envoie un message d’essai
api-op-pause-webhook = Suspend un webhook
api-op-resume-webhook = Reprend un webhook
api-op-rotate-webhook = Change le secret d’un webhook
api-op-resend-webhook-message = Renvoie un message
api-op-delete-webhook = Supprime un webhook

# Letters.
mail-answer-nothing = (sans message)
mail-evening-ok-subject = Prêt pour { $when } : { $title }
mail-evening-ok-body =
    « { $title } » ({ $show }) sortira le { $when } ({ $zone }).

    Tout va bien.

    { $page }
mail-evening-warnings-subject = Prêt pour { $when }, avec des remarques : { $title }
mail-evening-warnings-body =
    « { $title } » ({ $show }) sortira le { $when } ({ $zone }).

    Rien ne bloque. À regarder :

    { $lines }

    { $page }
mail-evening-failed-subject = À réparer avant le { $when } : { $title }
mail-evening-failed-body =
    « { $title } » ({ $show }) sortira le { $when } ({ $zone }), tel qu’il est.

    Réparez avant cette heure, ou remettez l’épisode en brouillon :

    { $lines }

    { $page }
mail-proof-ok-subject = En ligne : { $title }
mail-proof-ok-body =
    « { $title } » ({ $show }) est public depuis le { $when } ({ $zone }).

    Page, flux et son répondent comme il faut.

    { $page }
mail-proof-failed-subject = Publié, mais quelque chose ne répond pas : { $title }
mail-proof-failed-body =
    « { $title } » ({ $show }) devait être public le { $when } ({ $zone }).

    À réparer maintenant :

    { $lines }

    { $page }
mail-answer-comment-subject = Commentaire de { $who } : { $title }
mail-answer-comment-body =
    { $who } écrit à propos de « { $title } » ({ $show }) :

    { $text }

    { $page }
mail-answer-approved-subject = Approuvé par { $who } : { $title }
mail-answer-approved-body =
    { $who } approuve « { $title } » ({ $show }).

    { $text }

    { $page }
mail-answer-changes-subject = { $who } demande des changements : { $title }
mail-answer-changes-body =
    { $who } demande des changements à « { $title } » ({ $show }) :

    { $text }

    { $page }

# With numbers.
checks-warnings = { $count ->
    [one] Une remarque, rien ne bloque.
   *[other] { $count } remarques, rien ne bloque.
}
checks-errors = { $count ->
    [one] Une erreur bloque la publication.
   *[other] { $count } erreurs bloquent la publication.
}
refusal-lint-errors = { $count ->
    [one] Une erreur bloque la publication.
   *[other] { $count } erreurs bloquent la publication.
}
proof-details = { $count ->
    [one] Un point regardé
   *[other] { $count } points regardés
}
