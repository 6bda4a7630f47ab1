# Posts: writing, reading, history, links.

# A post, wherever it stands.
post-by = Publication de { $name }
post-comments = { $count ->
    [0] Commenter
    [one] { $count } commentaire
   *[other] { $count } commentaires
 }
post-reshare = Repartager
post-reshare-undo = Ne plus repartager
post-quote = Citer
post-passed-on = repartagée { $count } fois
post-more = Autres actions sur la publication de { $name }
post-edit = Modifier
post-edited = modifiée
post-delete = Supprimer
post-remove = Retirer, en modération
post-reshared-by = Repartagée par
post-quoted-deleted = La publication citée a été supprimée par son auteur.
post-quoted-removed = La publication citée a été retirée par la modération.
post-quoted-hidden = Ce qui était cité n’est plus là.
post-quoted-more = Voir toute la publication
