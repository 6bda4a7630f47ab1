# La file des modérateurs, ses règles, ses courriels et sa part de l’API.

moderation-heading = Commentaires
moderation-tabs = Commentaires par état
moderation-tab-held = En attente
moderation-tab-visible = Visibles
moderation-tab-spam = Indésirables
moderation-tab-removed = Retirés
moderation-state-held = en attente
moderation-state-visible = visible
moderation-state-spam = indésirable
moderation-state-removed = retiré
moderation-state-deleted = supprimé par son auteur
moderation-search = Mots du texte ou du nom
moderation-bulk = Plusieurs à la fois
moderation-all = { $count ->
    [one] Celui de cette page
   *[other] Les { $count } de cette page
 }
moderation-picked = la sélection
moderation-select = Sélectionner le commentaire de { $who }
moderation-verb-approve = Approuver
moderation-verb-spam = Indésirable
moderation-verb-remove = Retirer
moderation-verb-hold = Remettre en attente
moderation-kind-guest = visiteur
moderation-kind-member = membre
moderation-kind-team = équipe
moderation-known = a déjà un commentaire approuvé
moderation-unknown = premier commentaire
moderation-erased = identité effacée
moderation-edited = modifié par son auteur
moderation-site = Site :
moderation-about = Sur
moderation-only = cet épisode seulement
moderation-same-email = { $count ->
    [one] Un autre commentaire de la même adresse
   *[other] { $count } autres commentaires de la même adresse
 }
moderation-same-network = { $count ->
    [one] Un autre commentaire du même réseau en trente jours
   *[other] { $count } autres commentaires du même réseau en trente jours
 }
moderation-reason-first = En attente : premier commentaire de cette personne
moderation-reason-every = En attente : ici, tout commentaire attend
moderation-reason-copies = Le même texte a été écrit ailleurs depuis moins d’un jour
moderation-reason-blocked-word = Contient un mot de votre liste
moderation-reason-links = Contient un lien
moderation-reason-many-links = Contient beaucoup de liens
moderation-reason-short-link = Contient un lien raccourci qui cache où il mène
moderation-reason-bare-link = N’est guère plus qu’un lien
moderation-reason-link-markup = Contient des liens écrits en code
moderation-reason-html = Contient du HTML
moderation-reason-contact = Demande à être contacté ailleurs
moderation-reason-phrase = Contient une phrase habituelle des indésirables
moderation-reason-trade-name = Nomme un commerce qui vit de tels commentaires
moderation-reason-name-link = Le nom est un lien ou une publicité
moderation-reason-mixed-letters = Mélange les lettres de plusieurs écritures dans un mot
moderation-reason-shouting = Est écrit en capitales
moderation-reason-repetition = Se répète
moderation-reason-odd-ending = Mène à un domaine dont la fin est fréquente chez les indésirables
moderation-reason-blank-praise = Un éloge qui irait n’importe où
moderation-reason-money = Parle d’argent facile
moderation-reply = Répondre au nom de l’équipe
moderation-reply-text = Votre réponse
moderation-reply-hint = Elle paraît aussitôt sous votre nom ; le commentaire est approuvé avec elle.
moderation-reply-send = Approuver et répondre
moderation-erase = Effacer l’auteur
moderation-erase-text = Le nom, le site et l’adresse de ce commentaire sont supprimés pour toujours. Le fil garde sa forme. Rien ne pourra être annulé.
moderation-erase-sure = Je sais que rien ne pourra être annulé
moderation-erase-identity = Effacer l’identité, garder le texte
moderation-erase-everything = Effacer aussi le texte
moderation-thread-counts = { $visible } visibles, { $waiting } en attente.
moderation-thread-open = Les nouveaux commentaires sont reçus, selon les règles.
moderation-thread-closed = Fermé : personne hors de l’équipe ne peut rien ajouter.
moderation-close = Fermer le fil
moderation-open = Rouvrir le fil
moderation-undo = Annuler
moderation-done-approve = { $count ->
    [0] Rien n’a changé.
    [one] { $count } commentaire approuvé.
   *[other] { $count } commentaires approuvés.
 }
moderation-done-spam = { $count ->
    [0] Rien n’a changé.
    [one] { $count } commentaire classé indésirable.
   *[other] { $count } commentaires classés indésirables.
 }
moderation-done-remove = { $count ->
    [0] Rien n’a changé.
    [one] { $count } commentaire retiré.
   *[other] { $count } commentaires retirés.
 }
moderation-done-hold = { $count ->
    [0] Rien n’a changé.
    [one] { $count } commentaire remis en attente.
   *[other] { $count } commentaires remis en attente.
 }
moderation-done-undone = { $count ->
    [one] Annulé : { $count } commentaire est comme avant.
   *[other] Annulé : { $count } commentaires sont comme avant.
 }
moderation-done-answered = Approuvé, avec votre réponse.
moderation-done-erased = Effacé.
moderation-done-closed = Le fil est fermé.
moderation-done-opened = Le fil est ouvert.
moderation-left = Laissés tels quels, car ils ont changé depuis :
moderation-left-line = { $who } ({ $state }) : { $words }
moderation-none-held = Rien n’attend
moderation-none-visible = Aucun commentaire visible
moderation-none-spam = Aucun indésirable
moderation-none-removed = Rien n’a été retiré
moderation-none-text-held = Ce qui demande un regard paraît ici.
moderation-none-text-visible = Les commentaires approuvés paraissent ici.
moderation-none-text-spam = Ce que les règles ou vous avez classé indésirable paraît ici.
moderation-none-text-removed = Ce que vous retirez paraît ici et peut revenir.
moderation-none-filtered = Aucun commentaire de cette sorte ne répond à votre recherche.
moderation-keys-on = Raccourcis du clavier
moderation-keys-list = Liste des touches
moderation-keys = Touches
moderation-keys-close = Fermer
moderation-key-next = commentaire suivant
moderation-key-previous = commentaire précédent
moderation-key-approve = approuver
moderation-key-spam = indésirable
moderation-key-remove = retirer
moderation-key-undo = annuler la dernière action
moderation-key-select = sélectionner ou non
moderation-key-search = chercher
moderation-key-list = cette liste
moderation-js-lost = Cela n’est pas arrivé. La page est rechargée.
moderation-js-wait = Un instant…

moderation-settings = Règles des commentaires
moderation-moved = Quelqu’un vient de changer un de ces commentaires. Rien n’a été changé : regardez à nouveau.
moderation-settings-moved = Quelqu’un a enregistré d’autres règles entre-temps. Enregistrez encore pour les remplacer par ce qui est ici.
moderation-settings-saved = Les règles sont enregistrées.
moderation-hold = Quels commentaires attendent
moderation-hold-first = Le premier de chaque personne
moderation-hold-first-hint = Une fois le premier approuvé, les suivants de la même personne paraissent aussitôt, sauf si autre chose étonne.
moderation-hold-every = Tous
moderation-hold-every-hint = Rien ne paraît avant votre accord.
moderation-hold-none = Seulement ce qui étonne
moderation-hold-none-hint = Les commentaires paraissent aussitôt. Ce qui touche une règle attend quand même, et l’indésirable évident est écarté.
moderation-days = Fermer les fils après (jours)
moderation-days-hint = Comptés depuis la publication de l’épisode. Vide : les fils restent ouverts.
moderation-links = Nombre de liens permis
moderation-links-hint = Un commentaire qui en a davantage attend.
moderation-words = Mots qui font attendre un commentaire
moderation-words-hint = Un mot ou une expression par ligne. Majuscules et accents ne comptent pas ; mots entiers seulement, dans le texte ou le nom.
moderation-notify = Courriels aux modérateurs
moderation-notify-off = Aucun
moderation-notify-off-hint = Vous regardez la file quand vous voulez.
moderation-notify-hourly = Au fil de l’eau
moderation-notify-hourly-hint = Cinq minutes après le premier qui attend, un courriel par heure au plus. Les propriétaires ne le reçoivent que si personne n’est modérateur.
moderation-notify-daily = Une fois par jour
moderation-notify-daily-hint = Le matin, à 6 h du temps universel, si quelque chose de nouveau attend.
moderation-save = Enregistrer
moderation-try = Essayer les mots
moderation-tried = { $count ->
    [0] Il n’y a pas encore de commentaire pour essayer les mots.
   *[other] Sur les { $count } derniers commentaires, ces mots en auraient retenu { $held }. Rien n’est encore enregistré.
 }

moderation-col-comments = Commentaires
moderation-count = { $count ->
    [one] { $count } commentaire
   *[other] { $count } commentaires
 }
moderation-count-waiting = { $count ->
    [one] { $count } en attente
   *[other] { $count } en attente
 }

mail-comments-waiting-subject = { $count }
mail-comments-waiting-body =
    { $count }

    { $lines }

    La file : { $page }
mail-comments-waiting-count = { $count ->
    [one] { $count } commentaire vous attend
   *[other] { $count } commentaires vous attendent
 }
mail-comments-waiting-line = - { $who }, sur « { $about } » : { $words }

webhook-event-comment-held = Commentaire en attente
webhook-event-comment-visible = Commentaire visible

refusal-comment-erase = Rien n’a été effacé.

api-group-moderation = Modération des commentaires
api-op-list-all-comments = Donne les commentaires de l’organisation dans tous les états, les plus récents d’abord, avec les adresses ; pour les modérateurs
api-op-approve-comment = Rend un commentaire visible
api-op-spam-comment = Classe un commentaire indésirable
api-op-remove-comment = Retire un commentaire
api-op-hold-comment = Remet un commentaire en attente
api-op-undo-comment-decision = Annule une décision là où rien n’a changé depuis
api-op-read-comment-settings = Donne les règles des commentaires
api-op-set-comment-settings = Change les règles des commentaires
api-who-moderator = jeton d’un modérateur
