# Comptages

refusal-listens-gone = Les événements de ce jour ne sont plus là : ils sont détruits le surlendemain.
refusal-listens-future = Ce jour n’est pas encore venu.

api-group-listens = Écoutes
api-op-read-listen-rules = Donne les règles selon lesquelles écoutes et vues sont comptées, avec leur empreinte
api-op-read-listens = Donne les événements d’écoute d’un jour tant qu’ils vivent, pour que chacun puisse recompter
