//! Writes a tar archive piece by piece (POSIX.1-1988 `ustar`): entries whose sizes are known before, each padded to 512 bytes.
//! It reads nothing and knows no file system; names are plain ASCII of at most 100 bytes.

use blobs::{BlobError, BlobName, BlobStore};
use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use kernel::At;

/// The size of a block.
const BLOCK: u64 = 512;
/// The largest entry: eleven octal digits.
pub const MOST_BYTES: u64 = (1 << 33) - 1;

/// An entry of an archive.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name, with `/` between folders.
    pub name: String,
    /// What is in it.
    pub content: Content,
}

/// The bytes of an entry.
#[derive(Clone, Debug)]
pub enum Content {
    /// Bytes in memory.
    Held(Bytes),
    /// A file of the store, and its size.
    Stored(BlobName, u64),
}

impl Content {
    fn size(&self) -> u64 {
        match self {
            Self::Held(bytes) => bytes.len().try_into().unwrap_or(u64::MAX),
            Self::Stored(_, size) => *size,
        }
    }
}

fn padding(size: u64) -> usize {
    usize::try_from(size.next_multiple_of(BLOCK) - size).unwrap_or(0)
}

/// The head of an entry: name, mode 0600, nobody, size, instant, checksum.
fn head(name: &str, size: u64, at: At) -> Bytes {
    let mut block = [0_u8; 512];
    let mut put = |from: usize, text: &str| block[from..from + text.len()].copy_from_slice(text.as_bytes());
    put(0, name.get(..name.len().min(100)).unwrap_or_default());
    put(100, "0000600");
    put(108, "0000000");
    put(116, "0000000");
    put(124, &format!("{:011o}", size.min(MOST_BYTES)));
    put(136, &format!("{:011o}", u64::try_from(at.micros() / 1_000_000).unwrap_or(0).min(MOST_BYTES)));
    put(148, "        ");
    put(156, "0");
    put(257, "ustar");
    put(263, "00");
    let sum: u32 = block.iter().map(|b| u32::from(*b)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Bytes::copy_from_slice(&block)
}

/// How long the archive of some entries is.
#[must_use]
pub fn length(entries: &[Entry]) -> u64 {
    entries.iter().map(|e| BLOCK + e.content.size().next_multiple_of(BLOCK)).sum::<u64>() + 2 * BLOCK
}

/// The bytes of an archive, one piece after the other.
pub fn pieces(store: BlobStore, entries: Vec<Entry>, at: At) -> BoxStream<'static, Result<Bytes, BlobError>> {
    let one = move |entry: Entry| {
        let size = entry.content.size();
        let begin = head(&entry.name, size, at);
        let store = store.clone();
        let content = stream::once(async move {
            match entry.content {
                Content::Held(bytes) => Ok(stream::once(async move { Ok(bytes) }).boxed()),
                Content::Stored(name, size) => store.stream(&name, 0, size).await,
            }
        });
        let end = Bytes::from(vec![0; padding(size)]);
        let around = |bytes: Bytes| stream::once(async move { Ok::<Bytes, BlobError>(bytes) });
        around(begin).chain(content.try_flatten()).chain(around(end))
    };
    let end = stream::once(async { Ok(Bytes::from(vec![0; 1_024])) });
    stream::iter(entries).flat_map(one).chain(end).boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_archive_is_blocks_with_heads_that_add_up() {
        let folder = std::env::temp_dir().join(format!("traboule-tar-{}", std::process::id()));
        let store = BlobStore::folder(&folder).expect("a store");
        let name = store.put(Bytes::from_static(b"dehors")).await.expect("kept");
        let entries = vec![
            Entry { name: "export.json".to_owned(), content: Content::Held(Bytes::from(vec![b'a'; 513])) },
            Entry { name: "files/x.jpg".to_owned(), content: Content::Stored(name, 6) },
            Entry { name: "vide".to_owned(), content: Content::Held(Bytes::new()) },
        ];
        let expected = length(&entries);
        let all: Vec<Bytes> = pieces(store, entries, At::from_micros(1_000_000)).try_collect().await.expect("written");
        let all = all.concat();
        assert_eq!(u64::try_from(all.len()).expect("small"), expected);
        assert_eq!(all.len(), 512 + 1_024 + 512 + 512 + 512 + 1_024);
        for (at, name, size) in
            [(0, "export.json", "00000001001"), (1_536, "files/x.jpg", "00000000006"), (2_560, "vide", "00000000000")]
        {
            let head = &all[at..at + 512];
            assert!(head.starts_with(name.as_bytes()) && &head[257..262] == b"ustar");
            assert_eq!(&head[124..135], size.as_bytes(), "{name}");
            let sum: u32 =
                head.iter().enumerate().map(|(n, b)| if (148..156).contains(&n) { 32 } else { u32::from(*b) }).sum();
            assert_eq!(&head[148..154], format!("{sum:06o}").as_bytes());
        }
        assert_eq!(&all[2_048..2_054], b"dehors");
        assert!(all[all.len() - 1_024..].iter().all(|b| *b == 0));
        std::fs::remove_dir_all(&folder).expect("cleared");
    }
}
