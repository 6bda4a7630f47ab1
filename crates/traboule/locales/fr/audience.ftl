# Comptages

refusal-listens-gone = Les événements de ce jour ne sont plus là : ils sont détruits le surlendemain.
refusal-listens-future = Ce jour n’est pas encore venu.
