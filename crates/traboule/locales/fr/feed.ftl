# The home feed, explore, tags and what decides the order.
