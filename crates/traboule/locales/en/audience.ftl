# Counting

refusal-listens-gone = The events of that day are gone: they are destroyed two days later.
refusal-listens-future = That day has not come yet.

api-group-listens = Listens
api-op-read-listen-rules = Gives the rules listens and views are counted by, with their digest
api-op-read-listens = Gives the events of a day’s listens while they live, so that anybody can count them again
