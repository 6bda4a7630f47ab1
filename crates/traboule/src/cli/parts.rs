//! The file of a backup: a sequence of named parts, each with its length and SHA-256. Reading checks every byte before
//! anything is put in place. It knows nothing of what the parts mean.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Component, Path, PathBuf};

use kernel::hex;

/// The first bytes of a backup: format and version.
pub(super) const MAGIC: &[u8; 16] = b"traboule backup1";

/// A backup being written.
pub(super) struct Writer {
    out: BufWriter<File>,
    /// How many parts there are so far.
    pub(super) parts: usize,
    /// Their bytes.
    pub(super) bytes: u64,
}

impl Writer {
    /// Starts a file that only its owner may read: it will hold the server's key.
    pub(super) fn new(file: &Path) -> std::io::Result<Self> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let out = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file)?;
        let mut out = BufWriter::new(out);
        out.write_all(MAGIC)?;
        Ok(Self { out, parts: 0, bytes: 0 })
    }

    /// Adds a file as a part.
    pub(super) fn add(&mut self, name: &str, path: &Path) -> std::io::Result<()> {
        self.bytes += write_part(&mut self.out, name, path)?;
        self.parts += 1;
        Ok(())
    }

    /// Ends the file, on the disk.
    pub(super) fn finish(mut self) -> std::io::Result<(usize, u64)> {
        self.out.write_all(&0_u32.to_le_bytes())?;
        self.out.flush()?;
        self.out.get_ref().sync_all()?;
        Ok((self.parts, self.bytes))
    }
}

/// Every file below a folder, with its path from `root` as its name, sorted.
pub(super) fn collect(root: &Path, folder: &Path, names: &mut Vec<(String, PathBuf)>) -> std::io::Result<()> {
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

/// Reads a backup into a folder of its own, and of its parts only those that are wanted; every part is checked. Gives how
/// many parts there were.
pub(super) fn read(file: &Path, into: &Path, wanted: impl Fn(&str) -> bool) -> std::io::Result<usize> {
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
        read_part(&mut input, into, &name, wanted(&name))?;
        parts += 1;
    }
}

/// A new file that only its owner may read.
fn create(path: &Path) -> std::io::Result<BufWriter<File>> {
    use std::os::unix::fs::OpenOptionsExt as _;
    Ok(BufWriter::new(std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?))
}

fn read_part(input: &mut impl Read, into: &Path, name: &str, wanted: bool) -> std::io::Result<()> {
    let inner = Path::new(name).components().all(|c| matches!(c, Component::Normal(_)));
    let single = ["traboule.db", crate::log::guard::HIGH_WATER].contains(&name);
    let known = single || super::backup::KEYS.contains(&name) || name.starts_with("media/");
    if !inner || !known {
        return Err(std::io::Error::other(format!("a part is called {name}, which has no place in a site")));
    }
    let path = into.join(name);
    std::fs::create_dir_all(path.parent().unwrap_or(into))?;
    let mut size = [0; 8];
    input.read_exact(&mut size)?;
    let mut left = u64::from_le_bytes(size);
    let mut hash = ring::digest::Context::new(&ring::digest::SHA256);
    let mut out: Box<dyn Write> = if wanted { Box::new(create(&path)?) } else { Box::new(std::io::sink()) };
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
