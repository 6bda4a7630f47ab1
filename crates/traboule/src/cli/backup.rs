//! `backup` and `restore`: one file with the database, the key and the media. The file is a sequence of named parts,
//! each with its length and SHA-256; restoring checks every byte before anything is put in place.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Component, Path, PathBuf};

use db::DataLock;
use kernel::hex;

use super::{Ended, say, serve};
use crate::config::Config;

/// The first bytes of a backup: format and version.
const MAGIC: &[u8; 16] = b"traboule backup1";

fn problem(error: &dyn std::fmt::Display) -> Ended {
    Ended::Problem(error.to_string())
}

/// Writes the backup while the server may not run (SQLite: one process holds the folder).
pub(super) async fn backup(config: Config, file: &Path) -> Result<(), Ended> {
    if config.database.is_some() {
        return Err(Ended::Usage(
            "PostgreSQL is backed up with pg_dump, and an S3 bucket with its own tools".to_owned(),
        ));
    }
    if config.s3.is_some() {
        return Err(Ended::Usage("the media is in an S3 bucket: copy the bucket with its own tools".to_owned()));
    }
    if !config.data.join("traboule.db").exists() {
        return Err(Ended::Problem(format!("{} holds no site", config.data.display())));
    }
    if file.exists() {
        return Err(Ended::Problem(format!("{} exists already", file.display())));
    }
    let opened = serve::open(&config, config.listen.port(), false).await?;
    let copy = config.data.join("backup.tmp.db");
    drop(std::fs::remove_file(&copy));
    let copied = opened.app.db.copy_to(&copy).await;
    opened.close().await;
    copied.map_err(|e| problem(&e))?;
    let part = file.with_extension("part");
    let outcome = write(&config.data, &copy, &part);
    drop(std::fs::remove_file(&copy));
    match outcome {
        Ok((parts, bytes)) => {
            std::fs::rename(&part, file).map_err(|e| problem(&e))?;
            say(&format!("{parts} parts, {bytes} bytes in {}", file.display()));
            Ok(())
        }
        Err(error) => {
            drop(std::fs::remove_file(&part));
            Err(problem(&error))
        }
    }
}

fn write(data: &Path, database: &Path, file: &Path) -> std::io::Result<(usize, u64)> {
    use std::os::unix::fs::OpenOptionsExt as _;
    // The file holds the server's key: only its owner may read it.
    let out = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file)?;
    let mut out = BufWriter::new(out);
    out.write_all(MAGIC)?;
    let mut names =
        vec![("traboule.db".to_owned(), database.to_owned()), ("secret.key".to_owned(), data.join("secret.key"))];
    collect(data, &data.join("media"), &mut names)?;
    let mut bytes = 0;
    for (name, path) in &names {
        bytes += write_part(&mut out, name, path)?;
    }
    out.write_all(&0_u32.to_le_bytes())?;
    out.flush()?;
    out.get_ref().sync_all()?;
    Ok((names.len(), bytes))
}

fn collect(root: &Path, folder: &Path, names: &mut Vec<(String, PathBuf)>) -> std::io::Result<()> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    let mut paths: Vec<PathBuf> = entries.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(root, &path, names)?;
        } else if let Ok(name) = path.strip_prefix(root) {
            names.push((name.to_string_lossy().into_owned(), path.clone()));
        }
    }
    Ok(())
}

fn write_part(out: &mut impl Write, name: &str, path: &Path) -> std::io::Result<u64> {
    let length = std::fs::metadata(path)?.len();
    out.write_all(&u32::try_from(name.len()).unwrap_or(u32::MAX).to_le_bytes())?;
    out.write_all(name.as_bytes())?;
    out.write_all(&length.to_le_bytes())?;
    let mut hash = ring::digest::Context::new(&ring::digest::SHA256);
    let mut file = BufReader::new(File::open(path)?);
    let mut buffer = vec![0; 256 * 1024];
    let mut written = 0;
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        hash.update(&buffer[..count]);
        out.write_all(&buffer[..count])?;
        written += count as u64;
    }
    if written != length {
        return Err(std::io::Error::other(format!("{} changed while it was read", path.display())));
    }
    out.write_all(hash.finish().as_ref())?;
    Ok(length)
}

/// Reads a backup into an empty data folder.
pub(super) fn restore(config: Config, file: &Path) -> Result<(), Ended> {
    if config.database.is_some() {
        return Err(Ended::Usage("a backup is restored into a data folder with SQLite".to_owned()));
    }
    if config.data.join("traboule.db").exists() {
        return Err(Ended::Problem(format!(
            "{} holds a site already; restore into an empty folder",
            config.data.display()
        )));
    }
    let beside = config.data.with_extension("restoring");
    drop(std::fs::remove_dir_all(&beside));
    let read = read(file, &beside);
    let outcome = read.and_then(|parts| place(&beside, &config.data).map(|()| parts));
    drop(std::fs::remove_dir_all(&beside));
    let parts = outcome.map_err(|e| Ended::Problem(format!("{}: {e}", file.display())))?;
    say(&format!("{parts} parts restored into {}", config.data.display()));
    Ok(())
}

fn place(from: &Path, to: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::create_dir_all(to)?;
    std::fs::set_permissions(to, std::fs::Permissions::from_mode(0o700))?;
    let _lock = DataLock::take(to).map_err(|e| std::io::Error::other(e.to_string()))?;
    for name in ["media", "secret.key", "traboule.db"] {
        let path = from.join(name);
        if path.exists() {
            std::fs::rename(path, to.join(name))?;
        }
    }
    Ok(())
}

fn read(file: &Path, into: &Path) -> std::io::Result<usize> {
    let bad = |what: &str| std::io::Error::other(what.to_owned());
    let mut input = BufReader::new(File::open(file)?);
    let mut magic = [0; 16];
    input.read_exact(&mut magic)?;
    if &magic != MAGIC {
        return Err(bad("this is no Traboule backup"));
    }
    let mut parts = 0;
    loop {
        let mut length = [0; 4];
        input.read_exact(&mut length)?;
        let length = u32::from_le_bytes(length);
        if length == 0 {
            return if parts >= 2 { Ok(parts) } else { Err(bad("the backup holds no site")) };
        }
        if length > 4096 {
            return Err(bad("a part has no sensible name"));
        }
        let mut name = vec![0; length as usize];
        input.read_exact(&mut name)?;
        let name = String::from_utf8(name).map_err(|_| bad("a part has no sensible name"))?;
        read_part(&mut input, into, &name)?;
        parts += 1;
    }
}

fn read_part(input: &mut impl Read, into: &Path, name: &str) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let inner = Path::new(name).components().all(|c| matches!(c, Component::Normal(_)));
    let known = name == "traboule.db" || name == "secret.key" || name.starts_with("media/");
    if !inner || !known {
        return Err(std::io::Error::other(format!("a part is called {name}, which has no place in a site")));
    }
    let path = into.join(name);
    std::fs::create_dir_all(path.parent().unwrap_or(into))?;
    let mut size = [0; 8];
    input.read_exact(&mut size)?;
    let mut left = u64::from_le_bytes(size);
    let mut hash = ring::digest::Context::new(&ring::digest::SHA256);
    let out = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    let mut out = BufWriter::new(out);
    let mut buffer = vec![0; 256 * 1024];
    while left > 0 {
        let want = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let count = input.read(&mut buffer[..want])?;
        if count == 0 {
            return Err(std::io::Error::other("the backup ends early"));
        }
        hash.update(&buffer[..count]);
        out.write_all(&buffer[..count])?;
        left -= count as u64;
    }
    out.flush()?;
    let mut stored = [0; 32];
    input.read_exact(&mut stored)?;
    let found = hash.finish();
    if found.as_ref() != stored {
        return Err(std::io::Error::other(format!(
            "{name} is damaged: {} is not {}",
            hex(found.as_ref()),
            hex(&stored)
        )));
    }
    Ok(())
}
