# Émissions, calendrier, médias, pages du studio

sites-shows = Émissions
sites-calendar = Calendrier
sites-media = Médias
sites-pages = Pages
sites-save = Enregistrer
sites-settings = Réglages
sites-see-show = Voir l’émission

# Liste

sites-today = Aujourd’hui
sites-all-episodes = Tous les épisodes
sites-col-show = Émission
sites-col-length = Durée
sites-col-size = Fichier
sites-every-show = Toutes
sites-every-state = Tous
sites-search = Mots du titre
sites-filter = Filtrer
sites-filter-clear = Tout montrer
sites-none-found = Rien ne correspond
sites-none-found-text = Essayez avec moins de mots ou une autre émission.

# Émission

sites-show-new = Nouvelle émission
sites-show-create = Créer l’émission
sites-title = Titre
sites-tagline = Accroche
sites-tagline-hint = Une ligne sous le titre.
sites-description = Description
sites-description-hint = Laissez une ligne vide entre deux paragraphes. Les annuaires en lisent 4 000 octets.
sites-footer = Bas de page
sites-footer-hint = Une ligne au pied des pages de l’émission.
sites-language = Langue
sites-language-hint = La langue dans laquelle l’émission est faite.
sites-zone = Fuseau horaire
sites-zone-hint = Un nom de la base IANA, comme Europe/Paris. Les heures de publication sont celles de ce fuseau.
sites-zone-moves = Si le fuseau change, les épisodes programmés ({ $count }) gardent l’heure de l’horloge et leur instant se déplace.
sites-category = Catégorie
sites-category-2 = Seconde catégorie
sites-category-hint = Les mots d’Apple, que lisent tous les annuaires. Apple ne retient que la première.
sites-category-none = Aucune
sites-kind = Ordre des épisodes
sites-kind-episodic = Indépendants, le plus récent d’abord
sites-kind-serial = En série, à suivre depuis le début
sites-author = Auteur ou autrice
sites-author-hint = Qui fait l’émission, tel que les annuaires le montrent.
sites-copyright = Mention de droits
sites-explicit = Contenu explicite
sites-explicit-hint = Langage cru ou scènes dures. Un épisode peut dire le contraire.
sites-slug = Nom dans l’adresse
sites-slug-hint = Lettres minuscules, chiffres et tirets. Fait du titre s’il reste vide.
sites-slug-rename = L’ancien nom continue de mener ici, pour toujours. Aucune autre émission ne peut le prendre.
sites-rename = Changer le nom
sites-guid = Identifiant du podcast, qui ne change jamais :
sites-sections = Réglages de l’émission
sites-h-texts = Textes
sites-h-about = Fiche
sites-h-cover = Couverture
sites-h-credits = Équipe
sites-h-feed = Flux
sites-h-desk = Rédaction
sites-h-site = Site
sites-h-address = Adresse
sites-cover = Couverture
sites-cover-none = Aucune couverture pour l’instant.
sites-cover-file = Image de couverture
sites-cover-hint = JPEG ou PNG, carrée, de 1 400 à 3 000 pixels de côté.
sites-cover-send = Envoyer la couverture
sites-cover-warning = Apple refuse cette couverture : elle doit être carrée, de 1 400 à 3 000 pixels de côté.
sites-picture-size = { $width } × { $height } pixels
sites-credits = Équipe
sites-credits-hint = Les personnes nommées sur la page et dans le flux. Videz un nom pour retirer la personne.
sites-credit-new = Une personne de plus
sites-credit-more = Page et présentation
sites-credit-href = Page de la personne
sites-credit-bio-fr = Présentation en français
sites-credit-bio-en = Présentation en anglais
sites-role = Rôle
sites-role-host = présentation
sites-role-co-host = coprésentation
sites-role-guest = invité·e
sites-role-reporter = reportage
sites-role-producer = production
sites-role-editor = rédaction
sites-role-author = écriture
sites-role-composer = musique
sites-medium = Genre de contenu
sites-medium-podcast = Podcast
sites-medium-music = Musique
sites-medium-video = Vidéo
sites-medium-film = Film
sites-medium-audiobook = Livre audio
sites-medium-newsletter = Lettre
sites-medium-blog = Blog
sites-medium-publisher = Éditeur
sites-medium-course = Cours
sites-frequency = Rythme
sites-frequency-hint = Pour les personnes, par exemple « Chaque matin de semaine ».
sites-rrule = Rythme pour les programmes
sites-rrule-hint = Une règle RFC 5545, par exemple FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR.
sites-locked = Importation verrouillée
sites-locked-hint = Demande aux autres hébergeurs de ne pas importer ce flux.
sites-complete = Émission terminée
sites-complete-hint = Dit aux applications qu’aucun épisode ne viendra plus.
sites-blocked = Hors des annuaires
sites-blocked-hint = Demande aux annuaires de ne pas montrer l’émission. Le flux reste lisible.
sites-funding = Liens de soutien
sites-funding-url = Adresse
sites-funding-text = Texte du lien
sites-txt = Enregistrements de texte
sites-txt-hint = Ce qu’un annuaire demande pour vérifier que le flux est à vous.
sites-txt-purpose = But
sites-txt-value = Texte
sites-owner-email-shown = Montrer une adresse dans le flux
sites-owner-email-hint = Elle sera publique et des robots la copieront. Certains annuaires y envoient un code.
sites-owner-email = Adresse du propriétaire
sites-moved-to = Le flux a déménagé
sites-moved-to-hint = La nouvelle adresse complète. La nôtre y renverra pour toujours.
sites-approval = Accord du client nécessaire
sites-approval-hint = Un épisode ne sort pas sans l’accord donné par lien.
sites-transcript-needed = Transcription nécessaire
sites-transcript-needed-hint = Sans elle, un épisode ne sort pas. Sinon, son absence est un avertissement.
sites-notify = Qui reçoit les messages
sites-notify-hint = La vérification de la veille et la preuve de publication. Si personne n’est choisi, c’est la personne qui a programmé.
sites-host = Nom d’hôte propre
sites-host-hint = Par exemple podcast.example.org. Faites-le pointer vers ce serveur avant de l’enregistrer. Un nom accentué s’écrit en ASCII (xn--).
sites-colour = Couleur
sites-colour-hint = Comme #0a5a4a. Elle doit rester lisible comme texte sur fond clair. Vide : celle du site.
sites-mark = Marque
sites-mark-none = Aucune marque pour l’instant.
sites-mark-file = Image de la marque
sites-mark-hint = Une image carrée, montrée à côté du nom.
sites-mark-send = Envoyer la marque
sites-mark-remove = Retirer la marque

# Nouvel épisode

sites-episode-new = Nouvel épisode
sites-episode-create = Créer l’épisode
sites-which-show = Pour quelle émission ?
sites-number = Numéro
sites-number-hint = Le suivant du dernier épisode.
sites-planned = Jour prévu
sites-planned-hint = Facultatif. L’épisode reste un brouillon ; l’heure est celle du dernier épisode, à { $zone }.
sites-frame = Reprendre le cadre du dernier épisode
sites-frame-hint = Équipe : { $people }. Saison : { $season }.
sites-frame-nobody = personne
sites-frame-no-season = aucune

# Calendrier

sites-months = Mois
sites-month-previous = Mois précédent
sites-month-today = Aujourd’hui
sites-month-next = Mois suivant
sites-calendar-of = Épisodes de { $month }
sites-two-zones = Plusieurs fuseaux ce jour-là
sites-clocks-forward = { $zone } : les horloges avancent
sites-clocks-back = { $zone } : les horloges reculent
sites-day-add = Ajouter
sites-undated = Brouillons sans date
sites-undated-none = Tous les brouillons ont une date.
sites-planned-only = prévu
sites-day-mon = Lundi
sites-day-tue = Mardi
sites-day-wed = Mercredi
sites-day-thu = Jeudi
sites-day-fri = Vendredi
sites-day-sat = Samedi
sites-day-sun = Dimanche
sites-month-1 = Janvier
sites-month-2 = Février
sites-month-3 = Mars
sites-month-4 = Avril
sites-month-5 = Mai
sites-month-6 = Juin
sites-month-7 = Juillet
sites-month-8 = Août
sites-month-9 = Septembre
sites-month-10 = Octobre
sites-month-11 = Novembre
sites-month-12 = Décembre

# Médias

sites-pictures-total = { $count ->
    [one] { $count } image, { $size }
   *[other] { $count } images, { $size }
}
sites-sounds-total = { $count ->
    [one] { $count } son, { $size }
   *[other] { $count } sons, { $size }
}
sites-pictures-file = Images à ajouter
sites-pictures-hint = JPEG ou PNG, 12 à la fois, 20 Mo chacune.
sites-pictures-send = Envoyer les images
sites-pictures-none = Aucune image
sites-pictures-none-text = Les couvertures et les images de chapitres apparaîtront ici.
sites-sounds-none = Aucun son ici
sites-sounds-none-text = Le son s’envoie sur la page d’un épisode.
sites-use-cover = Couverture de { $show }
sites-use-mark = Marque de { $show }
sites-use-episode = Couverture d’un épisode de { $show }
sites-use-chapter = Chapitre d’un épisode de { $show }
sites-unused = Utilisée nulle part
sites-alt = Texte de remplacement
sites-alt-none = manque
sites-alt-fr = Ce que montre l’image, en français
sites-alt-en = Ce que montre l’image, en anglais
sites-picture-remove = Supprimer l’image
sites-picture-remove-text = L’image disparaît d’ici tout de suite, et ses fichiers un jour plus tard.
sites-picture-remove-now = Supprimer pour de bon

# Pages

sites-page-new = Nouvelle page
sites-page-save = Enregistrer la page
sites-page-kind = Sorte
sites-page-kind-hint = Les titres d’un règlement deviennent des clauses que l’on peut citer.
sites-page-about = À propos
sites-page-rules = Règlement
sites-page-page = Page
sites-page-place = Site
sites-page-place-hint = Tout le site, ou une seule émission.
sites-whole-site = Tout le site
sites-page-public = Publique
sites-page-public-hint = Sinon, c’est un brouillon que seule l’équipe voit.
sites-page-is-public = publique
sites-page-changed = Dernier changement :
sites-page-clauses = Clauses
sites-page-slug-stays = La page a été publique : son adresse reste « { $slug } ».
sites-pages-none = Aucune page
sites-pages-none-text = Un à-propos et un règlement, par exemple. Leurs liens sont au pied du site.
sites-body = Texte
sites-body-hint = En Markdown. Un titre (## Titre) reçoit une ancre qui ne change plus.
sites-body-imported = Ce texte a été importé tel quel. Ce que vous écrivez ici le remplace.
sites-history = Versions
sites-history-none = La première version viendra avec le premier enregistrement.
sites-version = Version { $number }
sites-restore = Rétablir
sites-nobody = quelqu’un

# Après un formulaire

sites-said-show-created = L’émission est créée.
sites-said-texts-saved = Les textes sont enregistrés.
sites-said-about-saved = La fiche est enregistrée.
sites-said-cover-saved = La couverture est enregistrée.
sites-said-credits-saved = L’équipe est enregistrée.
sites-said-feed-saved = Les réglages du flux sont enregistrés.
sites-said-desk-saved = Les réglages de la rédaction sont enregistrés.
sites-said-site-saved = Les réglages du site sont enregistrés.
sites-said-address-saved = L’adresse a changé. L’ancienne mène ici.
sites-said-mark-saved = La marque est enregistrée.
sites-said-unmark-saved = La marque est retirée.
sites-said-page-saved = La page est enregistrée.
sites-said-picture-described = Le texte de remplacement est enregistré.
sites-said-picture-removed = L’image est supprimée.
sites-said-pictures-added = Les images sont ajoutées.

# Refus

field-host-malformed = Écrivez un nom d’hôte comme podcast.example.org, sans https ni port.
field-host-reserved = Ce nom est celui du site entier.
field-host-taken = Une autre émission a ce nom, ou l’a eu.
refusal-host-taken = Le nom { $host } est pris par une autre émission.
field-colour-malformed = Écrivez une couleur comme #0a5a4a.
field-colour-faint = Cette couleur est trop claire pour être lue. La plus proche qui convient : { $nearest }.
field-medium-unknown = Ce genre n’est pas connu.
field-txt-malformed = Un enregistrement a un texte de 4 000 caractères au plus et un but de 128 au plus.
field-zone-would-publish = Dans ce fuseau, l’heure d’un épisode programmé est déjà passée.
refusal-zone-would-publish = L’épisode programmé pour le { $when } sortirait tout de suite. Déplacez-le d’abord.
field-show-unknown = Choisissez une émission de l’organisation.
refusal-image-used = Cette image est utilisée : elle reste.

# API

api-group-sites = Émissions, calendrier, médias, pages
api-op-read-show = Donne une émission avec tous ses réglages
api-op-edit-show = Remplace ce qu’une émission dit d’elle-même
api-op-set-channel = Remplace tout ce que ses flux disent en plus du contenu
api-op-set-show-site = Donne à une émission son nom d’hôte et sa couleur
api-op-set-show-address = Change le nom d’une émission dans les adresses
api-op-set-show-desk = Dit comment on travaille à une émission
api-op-list-desk-episodes = Liste les épisodes de toutes les émissions, dans chaque état
api-op-read-desk-calendar = Donne un mois de toutes les émissions
api-op-list-images = Liste les images et leurs usages
api-op-list-sounds = Liste les sons gardés ici
api-op-describe-image = Dit ce que montre une image
api-op-remove-image = Supprime une image que rien n’utilise
api-op-list-pages = Liste les pages publiques ; avec un jeton, celles de l’équipe
api-op-create-page = Crée une page
api-op-read-page = Donne une page avec ses versions
api-op-edit-page = Remplace ce que dit une page
