# Posts: writing, reading, history, links.
