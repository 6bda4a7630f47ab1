# Textes communs à toutes les pages.

ui-skip = Aller au contenu
ui-nav-label = Principale
ui-nav-today = Aujourd’hui
ui-nav-episodes = Épisodes
ui-account-sign-in = Se connecter
ui-account-feed = Votre fil
ui-account-mine = Mon compte
ui-demo-note = Démonstration : les personnes et les événements sont inventés.
ui-foot-follow = Suivre
ui-foot-pages = Pages du site
ui-foot-feed = Flux RSS
ui-foot-check = Vérifier
ui-foot-visit = De votre visite restent des chiffres par page et par heure et, jusqu’à la fin du lendemain, des empreintes salées de votre réseau, de votre navigateur et de ce que vous avez lu ou écouté. Aucun cookie avant un choix de votre part, rien chez un tiers.
ui-foot-visit-more = Tout ce que nous gardons
ui-foot-order = Ce qui décide de l’ordre
ui-foot-log = Journal public de ce site
ui-foot-powered = Propulsé par
ui-foot-free = Logiciel libre.
ui-foot-source = Code source exact de ce site
ui-cancel = Annuler
ui-form-required = Les champs obligatoires sont indiqués avec *
ui-pager-label = Pages de la liste
ui-pager-newer = Plus récents
ui-pager-older = Plus anciens

# Pages d'erreur

ui-error-back = Revenir au site
ui-error-400 = Cette demande n’est pas lisible
ui-error-400-text = L’adresse ou le formulaire est incomplet. Revenez en arrière et recommencez.
ui-error-401 = Cette page demande une connexion
ui-error-401-text = Connectez-vous, puis revenez ici.
ui-error-403 = Cette page ne vous est pas ouverte
ui-error-403-text = Votre compte n’a pas le rôle qu’il faut. Demandez-le à une personne qui le possède.
ui-error-404 = Il n’y a rien à cette adresse
ui-error-404-text = La page a changé de place, ou l’adresse contient une faute.
ui-error-409 = Cela existe déjà
ui-error-409-text = Une autre demande est passée avant la vôtre. Rechargez la page et vérifiez.
ui-error-410 = Ce n’est plus ici
ui-error-413 = Ce fichier est trop grand
ui-error-413-text = Rien n’a été enregistré. Envoyez un fichier plus petit.
ui-error-429 = Trop de demandes en peu de temps
ui-error-429-text = Rien n’a été enregistré. Attendez une minute et recommencez.
ui-error-500 = Le serveur n’a pas pu répondre
ui-error-500-text = La panne est de notre côté et elle est notée. Recommencez dans quelques minutes.
ui-error-503 = Le serveur est occupé
ui-error-503-text = Recommencez dans une minute. Rien ne sera fait deux fois.

# Refus : un code, une phrase

refusal-check-fields = Un ou plusieurs champs sont à revoir.
refusal-forbidden = Votre compte n’a pas le rôle qu’il faut pour cela.
refusal-not-found = Cela n’existe pas, ou n’est pas public.
refusal-sign-in-first = Connectez-vous pour continuer.
refusal-sign-in-wrong = L’adresse et le mot de passe ne vont pas ensemble.
refusal-not-available = Le serveur ne peut pas le faire maintenant. Recommencez dans une minute.
refusal-repeat-with-same-key = La réponse s’est perdue. Renvoyez le même formulaire : rien ne sera fait deux fois.
refusal-too-many = Trop d’essais en peu de temps. Attendez quelques minutes.
refusal-csrf = Le formulaire est resté ouvert trop longtemps. Envoyez-le encore une fois.
refusal-code-over = Ce code ne marche plus. Demandez-en un autre.
refusal-passkey-wrong = Cette clé d’accès n’est pas reconnue. Utilisez un code par e-mail.
refusal-passkey-known = Cette clé d’accès est déjà sur votre compte.
refusal-last-owner = Il faut au moins un propriétaire. Nommez une autre personne d’abord.
refusal-slug-taken = Cette adresse de page est déjà prise.

# Champs : un code, une phrase

field-required = Ce champ est vide.
field-too-long = Le texte est trop long.
field-email-without-at = Il manque le signe @ dans l’adresse.
field-email-without-end = Il manque la fin de l’adresse, par exemple « .fr ».
field-email-malformed = Cette adresse e-mail contient une faute.
field-password-too-short = Le mot de passe est trop court : 10 caractères au moins.
field-password-common = Ce mot de passe est trop connu. Choisissez plusieurs mots sans lien.
field-code-malformed = Le code a six chiffres.
field-code-wrong = Ce n’est pas le bon code. Vérifiez le dernier message reçu.
field-code-over = Ce code ne marche plus. Demandez-en un autre.
field-out-of-range = La valeur est trop grande : { $most } au plus.
field-malformed = Ce texte n’a pas la forme attendue.
field-slug-taken = Cette adresse de page est déjà prise.
field-date-malformed = La date s’écrit année, mois, jour, par exemple 2026-11-24.
field-in-the-past = Ce moment est déjà passé.
field-zone-unknown = Ce fuseau horaire n’existe pas, par exemple « Europe/Paris ».
field-language-malformed = Le code de langue a la forme « fr » ou « fr-CA ».
field-slug-malformed = L’adresse de page prend des lettres sans accent, des chiffres et des tirets.
field-url-malformed = L’adresse web commence par « https:// ».

# Studio

ui-studio-nav = Studio
ui-studio-more = Plus
ui-waiting = en attente
ui-studio-episodes = Épisodes
ui-studio-people = Équipe
ui-studio-site = Site
ui-studio-account = Compte

# Refusals and fields of every slice.
refusal-audio-missing = Il manque le son. Ajoutez un fichier avant de programmer l’épisode.
refusal-digest-malformed = Cette empreinte n’est pas lisible.
refusal-edit-conflict = Une autre personne a enregistré entre-temps. Rechargez la page avant de reprendre.
refusal-feed-locked = Ce flux est verrouillé par son propriétaire (podcast:locked). Confirmez qu’il est à vous pour l’importer.
refusal-form-unreadable = Ce formulaire n’est pas arrivé entier. Envoyez-le de nouveau.
refusal-json-unreadable = Ce JSON n’est pas lisible : { $why }
refusal-state-conflict = L’état de l’épisode ne le permet pas : { $state }.
refusal-token-needed = Un jeton d’API est nécessaire.
field-audio-unreadable = Ce fichier n’est ni un MP3 ni un M4A lisible.
field-chapter-same-start = Deux chapitres commencent au même instant.
field-chapter-start = Un chapitre commence hors de l’épisode.
field-chapter-title = Un chapitre n’a pas de titre.
field-file-too-large = Ce fichier est trop grand.
field-picture-unreadable = Cette image n’est ni un JPEG ni un PNG lisible.
field-picture-too-large = Cette image est trop grande.
field-sign-in-wrong = L’adresse ou le mot de passe ne va pas.
field-too-many = Il y en a trop, { $most } au plus.
field-transcript-empty = Cette transcription ne contient aucun passage.
field-transcript-unreadable = Ce fichier n’est ni du VTT, ni du SRT, ni du texte.
field-image-unknown = Un chapitre nomme une image que l’organisation n’a pas.
