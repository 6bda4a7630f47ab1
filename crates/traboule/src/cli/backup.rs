//! `backup` and `restore`: one file with the database, the keys, the newest head of the public log and the media. The database in it is always SQLite, so that a
//! site can move to PostgreSQL and back. A restore is whole or leaves nothing; it never writes over a site.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use blobs::{BlobName, BlobStore};
use db::{DataLock, Db, Failure, Target};
use futures_util::StreamExt;
use kernel::Clock;

use super::{Ended, heads, parts, say, serve};
use crate::config::Config;
use crate::log::guard;

/// The keys a backup holds: the server's secret, the public log's, and the one with which it witnesses others.
pub(super) const KEYS: [&str; 3] = ["secret.key", "log.key", "log-witness.key"];

fn problem(error: &dyn std::fmt::Display) -> Ended {
    Ended::Problem(error.to_string())
}

/// Tells a person at a terminal how far it is; a script hears nothing.
fn progress(what: &str, count: u64) {
    use std::io::Write as _;
    if std::io::stderr().is_terminal() {
        drop(writeln!(std::io::stderr(), "  {what}: {count}"));
    }
}

/// Writes the backup while the server may not run (one process holds the folder).
pub(super) async fn backup(config: Config, file: &Path) -> Result<(), Ended> {
    if file.exists() {
        return Err(Ended::Problem(format!("{} exists already", file.display())));
    }
    let opened = serve::open(&config, config.listen.port(), false).await?;
    let copy = config.data.join("backup.tmp.db");
    clear(&copy);
    let part = file.with_extension("part");
    let outcome = async {
        copy_database(&opened.app.db, &copy).await?;
        write(&config, &opened.app.blobs, &copy, &part).await
    }
    .await;
    opened.close().await;
    clear(&copy);
    match outcome {
        Ok((parts, bytes)) => {
            std::fs::rename(&part, file).map_err(|e| problem(&e))?;
            say(&format!("{parts} parts, {bytes} bytes in {}", file.display()));
            Ok(())
        }
        Err(ended) => {
            drop(std::fs::remove_file(&part));
            Err(ended)
        }
    }
}

/// Removes a database file and what SQLite keeps beside it.
fn clear(path: &Path) {
    for end in ["", "-wal", "-shm", "-journal"] {
        drop(std::fs::remove_file(PathBuf::from(format!("{}{end}", path.display()))));
    }
}

/// The database as a SQLite file, as of one moment.
async fn copy_database(db: &Db, copy: &Path) -> Result<(), Ended> {
    if db.engine() == db::Engine::Lite {
        return db.copy_to(copy).await.map_err(|e| problem(&e));
    }
    let lite = Db::open(&Target::File(copy.to_owned()), Clock::system()).await.map_err(|e| problem(&e))?;
    let copied = async {
        lite.migrate(&crate::migrations()).await?;
        db.copy_into(&lite, progress).await
    };
    let outcome = copied.await;
    lite.close().await;
    outcome.map(drop).map_err(Ended::from)
}

async fn write(config: &Config, blobs: &BlobStore, database: &Path, file: &Path) -> Result<(usize, u64), Ended> {
    let io = |e: std::io::Error| problem(&e);
    let mut writer = parts::Writer::new(file).map_err(io)?;
    writer.add("traboule.db", database).map_err(io)?;
    // The head was put into its file when the site was opened for this backup.
    for name in KEYS.into_iter().chain([guard::HIGH_WATER]) {
        let path = config.data.join(name);
        if path.exists() {
            writer.add(name, &path).map_err(io)?;
        }
    }
    if config.s3.is_some() {
        write_store(config, blobs, &mut writer).await?;
    } else {
        let mut names = Vec::new();
        parts::collect(&config.data, &config.data.join("media"), &mut names).map_err(io)?;
        // What is no blob is an upload that did not end.
        for (name, path) in names.iter().filter(|(name, _)| is_blob(name)) {
            writer.add(name, path).map_err(io)?;
        }
    }
    writer.finish().map_err(io)
}

fn is_blob(name: &str) -> bool {
    name.rsplit('/').next().and_then(BlobName::parse).is_some()
}

/// Brings each file of the store here, one after the other, and adds it.
async fn write_store(config: &Config, blobs: &BlobStore, writer: &mut parts::Writer) -> Result<(), Ended> {
    let here = config.data.join("backup.tmp.blob");
    let mut names = blobs.list().await.map_err(|e| problem(&e))?;
    names.sort_by(|a, b| a.0.as_str().cmp(b.0.as_str()));
    for (name, size) in names {
        let fetched = fetch(blobs, &name, size, &here).await;
        let added = fetched.and_then(|()| {
            let path = format!("media/{}", name.path());
            writer.add(&path, &here).map_err(|e| problem(&e))
        });
        drop(std::fs::remove_file(&here));
        added?;
    }
    progress("media", u64::try_from(writer.parts).unwrap_or(0));
    Ok(())
}

async fn fetch(blobs: &BlobStore, name: &BlobName, size: u64, to: &Path) -> Result<(), Ended> {
    use tokio::io::AsyncWriteExt as _;
    let io = |e: std::io::Error| problem(&e);
    let mut file = tokio::fs::File::create(to).await.map_err(io)?;
    let mut pieces = blobs.stream(name, 0, size).await.map_err(|e| problem(&e))?;
    while let Some(piece) = pieces.next().await {
        file.write_all(&piece.map_err(|e| problem(&e))?).await.map_err(io)?;
    }
    file.flush().await.map_err(io)
}

/// Reads a backup into an empty data folder, and into an empty PostgreSQL when one is named. `seen` are files with heads of
/// the public log that somebody kept.
pub(super) async fn restore(config: Config, file: &Path, seen: &[PathBuf]) -> Result<(), Ended> {
    if config.data.join("traboule.db").exists() {
        let folder = config.data.display();
        return Err(Ended::Problem(format!("{folder} holds a site already; restore into an empty folder")));
    }
    let beside = config.data.with_extension("restoring");
    drop(std::fs::remove_dir_all(&beside));
    let outcome: Result<(usize, Option<String>), Ended> = async {
        let every = |_: &str| true;
        let parts =
            parts::read(file, &beside, every).map_err(|e| Ended::Problem(format!("{}: {e}", file.display())))?;
        let behind = place(&config, &beside, seen).await?;
        Ok((parts, behind))
    }
    .await;
    drop(std::fs::remove_dir_all(&beside));
    let (parts, behind) = outcome?;
    let into = if config.database.is_some() { " and the database" } else { "" };
    say(&format!("{parts} parts restored into {}{into}", config.data.display()));
    behind.map_or(Ok(()), |why| Err(Ended::Problem(why)))
}

/// Puts what was read in its place. The database comes last: before it there is no site. Gives what speaks against the
/// public log as it is restored.
async fn place(config: &Config, from: &Path, seen: &[PathBuf]) -> Result<Option<String>, Ended> {
    use std::os::unix::fs::PermissionsExt as _;
    let io = |e: std::io::Error| problem(&e);
    let lite = open_known(&Target::File(from.join("traboule.db"))).await?;
    let outcome = async {
        std::fs::create_dir_all(&config.data).map_err(io)?;
        std::fs::set_permissions(&config.data, std::fs::Permissions::from_mode(0o700)).map_err(io)?;
        let lock = DataLock::take(&config.data).map_err(|e| problem(&e))?;
        let target = match &config.database {
            // Looked at before anything is put anywhere.
            Some(url) => Some(open_empty(&Target::Postgres { url: url.clone(), schema: None }).await?),
            None => None,
        };
        let kept: Result<Option<String>, Ended> = async {
            let found = heads::found(config, from, seen, &lite).await?;
            place_keys(config, from)?;
            place_media(config, from).await?;
            let behind = heads::keep(config, from, &lite, found).await?;
            if let Some(target) = &target {
                lite.copy_into(target, progress).await?;
            }
            Ok(behind)
        }
        .await;
        if let Some(target) = target {
            target.close().await;
        }
        kept.map(|behind| (lock, behind))
    }
    .await;
    lite.close().await;
    let (_lock, behind) = outcome?;
    if config.database.is_none() {
        std::fs::rename(from.join("traboule.db"), config.data.join("traboule.db")).map_err(io)?;
    }
    Ok(behind)
}

/// Opens a database and brings it up to date, unless a newer program made it.
pub(super) async fn open_known(target: &Target) -> Result<Db, Ended> {
    let db = Db::open(target, Clock::system()).await.map_err(|e| problem(&e))?;
    let steps = crate::migrations();
    let ready: Result<(), Failure> = async {
        let unknown = db.unknown_steps(&steps).await?;
        if unknown.is_empty() {
            return db.migrate(&steps).await;
        }
        let list = unknown.join(", ");
        Err(Failure::Broken(format!(
            "made by another version of Traboule (schema steps {list}): restore it with that version"
        )))
    }
    .await;
    match ready {
        Ok(()) => Ok(db),
        Err(failure) => {
            db.close().await;
            Err(Ended::from(failure))
        }
    }
}

/// Opens a database that must hold nothing but a schema.
async fn open_empty(target: &Target) -> Result<Db, Ended> {
    let db = open_known(target).await?;
    let refused = match db.holds_rows().await {
        Ok(None) => return Ok(db),
        Ok(Some(table)) => Ended::Problem(format!("the database is not empty: {table} has rows")),
        Err(failure) => Ended::from(failure),
    };
    db.close().await;
    Err(refused)
}

/// A folder may hold this very site's keys and media already: a site that moves to another database stays in its folder.
fn place_keys(config: &Config, from: &Path) -> Result<(), Ended> {
    for name in KEYS {
        let (new, old) = (from.join(name), config.data.join(name));
        let bytes = match std::fs::read(&new) {
            Ok(bytes) => bytes,
            // A backup from before the public log has one key; the others are made at the next start.
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && name != KEYS[0] => continue,
            Err(e) => return Err(problem(&e)),
        };
        match std::fs::read(&old) {
            Ok(known) if known == bytes => {}
            Ok(_) => return Err(Ended::Problem(format!("{} is the key of another site", old.display()))),
            Err(_) => std::fs::rename(new, old).map_err(|e| problem(&e))?,
        }
    }
    Ok(())
}

async fn place_media(config: &Config, from: &Path) -> Result<(), Ended> {
    let store = match &config.s3 {
        Some(s3) => BlobStore::s3(s3),
        None => BlobStore::folder(&config.data.join("media")),
    };
    let store = store.map_err(|e| problem(&e))?;
    let mut names = Vec::new();
    parts::collect(from, &from.join("media"), &mut names).map_err(|e| problem(&e))?;
    let count = u64::try_from(names.len()).unwrap_or(0);
    for (name, path) in names.into_iter().filter(|(name, _)| is_blob(name)) {
        let (blob, _) = store.put_file(&path).await.map_err(|e| problem(&e))?;
        if !name.ends_with(blob.as_str()) {
            return Err(Ended::Problem(format!("{name} holds other bytes than its name says")));
        }
        drop(std::fs::remove_file(&path));
    }
    progress("media", count);
    Ok(())
}
