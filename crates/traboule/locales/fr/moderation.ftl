# La file des commentaires

moderation-heading = Commentaires
moderation-settings = Règles
moderation-states = États
moderation-orgs = Organisations
moderation-state-held = En attente
moderation-state-visible = Visibles
moderation-state-spam = Indésirables
moderation-state-removed = Retirés
moderation-search = Chercher dans les textes et les noms
moderation-show = Émission
moderation-all-shows = Toutes
moderation-find = Chercher
moderation-kind-guest = Sans compte
moderation-kind-member = Membre
moderation-kind-team = Équipe
moderation-known = Déjà approuvé
moderation-unknown = Premier commentaire
moderation-edited = modifié
moderation-erased = Identité effacée
moderation-same-email = { $count ->
    [one] Un autre commentaire de la même adresse.
   *[other] { $count } autres commentaires de la même adresse.
}
moderation-same-network = { $count ->
    [one] Un autre commentaire du même réseau depuis trente jours.
   *[other] { $count } autres commentaires du même réseau depuis trente jours.
}
moderation-why = Pourquoi il attend :
moderation-verb-approve = Approuver
moderation-verb-spam = Indésirable
moderation-verb-remove = Retirer
moderation-verb-hold = Remettre en attente
moderation-answer = Répondre
moderation-answer-text = Réponse de l’équipe
moderation-answer-hint = Le commentaire est approuvé avec la réponse.
moderation-answer-send = Publier la réponse
moderation-thread = Fil
moderation-thread-close = Fermer le fil
moderation-thread-open = Rouvrir le fil
moderation-erase = Effacer
moderation-erase-sure = On ne peut pas revenir en arrière. Le fil garde sa forme.
moderation-erase-identity = Effacer l’identité
moderation-erase-text = Effacer l’identité et le texte
moderation-pick = Choisir le commentaire de { $name }
moderation-all = Tout choisir
moderation-many = Pour les commentaires choisis :
moderation-undo = Annuler
moderation-said-approve = { $count ->
    [one] Un commentaire approuvé.
   *[other] { $count } commentaires approuvés.
}
moderation-said-hold = { $count ->
    [one] Un commentaire remis en attente.
   *[other] { $count } commentaires remis en attente.
}
moderation-said-spam = { $count ->
    [one] Un commentaire indésirable.
   *[other] { $count } commentaires indésirables.
}
moderation-said-remove = { $count ->
    [one] Un commentaire retiré.
   *[other] { $count } commentaires retirés.
}
moderation-said-undone = { $count ->
    [one] Annulé pour un commentaire.
   *[other] Annulé pour { $count } commentaires.
}
moderation-said-answered = La réponse est publiée.
moderation-said-opened = Le fil est rouvert.
moderation-said-closed = Le fil est fermé.
moderation-said-erased = C’est effacé.
moderation-said-saved = Les règles sont enregistrées.
moderation-left = { $count ->
    [one] Un autre n’a pas changé.
   *[other] { $count } autres n’ont pas changé.
}
moderation-none-held = Rien n’attend
moderation-none-visible = Aucun commentaire visible
moderation-none-spam = Aucun indésirable
moderation-none-removed = Rien n’a été retiré
moderation-none-found = Rien ne correspond
moderation-none-text = Les commentaires arrivent ici dès que quelqu’un écrit sous un épisode.
moderation-keys = Touches du clavier
moderation-key-move = Suivant, précédent
moderation-key-pick = Choisir
moderation-keys-on = Activer les touches
moderation-keys-off = Désactiver les touches
moderation-failed = L’envoi a échoué, nouvel essai.
moderation-hold = Ce qui attend
moderation-hold-hint = Ce que les règles trouvent suspect attend toujours.
moderation-hold-first = Le premier commentaire d’une personne
moderation-hold-every = Chaque commentaire
moderation-hold-none = Seulement ce qui est suspect
moderation-links = Liens permis
moderation-links-hint = Un commentaire qui en a plus attend.
moderation-days = Fermer les fils après
moderation-days-hint = En jours après la publication. Vide : jamais.
moderation-words = Mots retenus
moderation-words-hint = Un par ligne, sans distinguer les accents ni la casse. Un commentaire qui en contient un attend.
moderation-notify = Prévenir les modérateurs
moderation-notify-hint = Le message compte ce qui attend ; aucune adresse n’y figure.
moderation-notify-off = Jamais
moderation-notify-hourly = Au plus une fois par heure
moderation-notify-daily = Une fois par jour
moderation-save = Enregistrer
moderation-try = Essayer les mots
moderation-back = Retour à la file
moderation-tried = Sur les { $of } derniers commentaires, ces mots en auraient retenu { $would }.

mail-comments-waiting-subject = { $count } commentaires attendent
mail-comments-waiting-body =
    Bonjour { $name },

    { $count } commentaires attendent un modérateur. Les plus récents :

    { $lines }

    La file : { $page }

    Vous recevez ce message parce que vous modérez les commentaires. Les règles de la file permettent de l’arrêter.
