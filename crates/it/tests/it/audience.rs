//! Listens and views: charts, tables, the rules they are counted by, through the real front.
