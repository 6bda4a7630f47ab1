# Counting

refusal-listens-gone = The events of that day are gone: they are destroyed two days later.
refusal-listens-future = That day has not come yet.
