//! Putting, reading and counting blobs over `object_store`.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt, WriteMultipart};
use ring::digest::{Context, SHA256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The name of a blob: the SHA-256 of its bytes, as 64 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BlobName(String);

impl BlobName {
    /// Reads a name; anything but 64 lower-case hexadecimal digits gives `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        (text.len() == 64 && digits).then(|| Self(text.to_owned()))
    }

    /// The name of some bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(kernel::sha256_hex(bytes))
    }

    /// The 64 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A strong entity tag: the same for the same bytes, after restarts and on every store.
    #[must_use]
    pub fn etag(&self) -> String {
        format!("\"{}\"", &self.0[..32])
    }

    /// Where it lies below the store's root.
    #[must_use]
    pub fn path(&self) -> String {
        self.key().to_string()
    }

    fn key(&self) -> Key {
        Key::from_iter([&self.0[..2], self.0.as_str()])
    }
}

/// What can go wrong with a blob.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// There is no blob of that name.
    #[error("no such file in the store")]
    Missing,
    /// The folder or the bucket failed.
    #[error("the file store failed: {0}")]
    Store(#[source] object_store::Error),
    /// A file of this machine could not be read.
    #[error("a file could not be read: {0}")]
    Io(#[from] std::io::Error),
}

impl From<object_store::Error> for BlobError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::Missing,
            other => Self::Store(other),
        }
    }
}

/// Where a bucket is and how to sign for it.
#[derive(Clone)]
pub struct S3Config {
    /// `https://s3.example.org`, or `http://127.0.0.1:…` for a server on this machine.
    pub endpoint: String,
    /// The bucket.
    pub bucket: String,
    /// The region, `us-east-1` for most self-hosted servers.
    pub region: String,
    /// The key's id.
    pub access_key: String,
    /// The key's secret; never logged.
    pub secret_key: String,
}

impl std::fmt::Debug for S3Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "S3Config({} {})", self.endpoint, self.bucket)
    }
}

/// Bytes sent to the store in one piece; also the most held in memory per upload.
const PIECE: usize = 8 * 1024 * 1024;

/// A store of blobs. Cloning shares it.
#[derive(Clone, Debug)]
pub struct BlobStore(Arc<dyn ObjectStore>);

impl BlobStore {
    /// A folder of this machine, created when missing.
    ///
    /// # Errors
    /// When the folder cannot be created.
    pub fn folder(path: &Path) -> Result<Self, BlobError> {
        std::fs::create_dir_all(path)?;
        Ok(Self(Arc::new(LocalFileSystem::new_with_prefix(path)?)))
    }

    /// An S3 bucket.
    ///
    /// # Errors
    /// When the configuration cannot be used; nothing is asked of the bucket yet.
    pub fn s3(config: &S3Config) -> Result<Self, BlobError> {
        // The client inside object_store takes the process-wide TLS provider; a second install changes nothing.
        drop(rustls::crypto::ring::default_provider().install_default());
        let store = AmazonS3Builder::new()
            .with_endpoint(&config.endpoint)
            .with_bucket_name(&config.bucket)
            .with_region(&config.region)
            .with_access_key_id(&config.access_key)
            .with_secret_access_key(&config.secret_key)
            .with_allow_http(config.endpoint.starts_with("http://"))
            .build()?;
        Ok(Self(Arc::new(store)))
    }

    /// Stores bytes and gives their name. Storing the same bytes again changes nothing.
    ///
    /// # Errors
    /// When the store fails; nothing half-written is ever visible under a name.
    pub async fn put(&self, bytes: Bytes) -> Result<BlobName, BlobError> {
        let name = BlobName::of(&bytes);
        if self.size(&name).await?.is_none() {
            self.0.put(&name.key(), bytes.into()).await?;
        }
        Ok(name)
    }

    /// Stores a file of this machine, piece by piece, and gives its name and size in bytes.
    ///
    /// # Errors
    /// When the file cannot be read or the store fails.
    pub async fn put_file(&self, path: &Path) -> Result<(BlobName, u64), BlobError> {
        let (name, size) = name_file(path).await?;
        self.put_named(path, &name).await?;
        Ok((name, size))
    }

    /// Stores a file of this machine whose name [`name_file`] gave.
    ///
    /// # Errors
    /// When the file cannot be read or the store fails.
    pub async fn put_named(&self, path: &Path, name: &BlobName) -> Result<(), BlobError> {
        if self.size(name).await?.is_some() {
            return Ok(());
        }
        let mut file = tokio::fs::File::open(path).await?;
        let upload = self.0.put_multipart(&name.key()).await?;
        let mut writer = WriteMultipart::new_with_chunk_size(upload, PIECE);
        let mut buffer = vec![0; 256 * 1024];
        loop {
            let count = file.read(&mut buffer).await?;
            if count == 0 {
                break;
            }
            writer.wait_for_capacity(2).await?;
            writer.write(&buffer[..count]);
        }
        writer.finish().await?;
        Ok(())
    }

    /// The size in bytes, or `None` when there is no such blob.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn size(&self, name: &BlobName) -> Result<Option<u64>, BlobError> {
        match self.0.head(&name.key()).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// All bytes; for small things only.
    ///
    /// # Errors
    /// [`BlobError::Missing`], or the store's failure.
    pub async fn bytes(&self, name: &BlobName) -> Result<Bytes, BlobError> {
        Ok(self.0.get(&name.key()).await?.bytes().await?)
    }

    /// The bytes from `start` to before `end`, as a stream.
    ///
    /// # Errors
    /// [`BlobError::Missing`], or the store's failure.
    pub async fn stream(
        &self,
        name: &BlobName,
        start: u64,
        end: u64,
    ) -> Result<BoxStream<'static, Result<Bytes, BlobError>>, BlobError> {
        if start >= end {
            return Ok(futures_util::stream::empty().boxed());
        }
        let options = GetOptions { range: Some(GetRange::Bounded(start..end)), ..GetOptions::default() };
        let got = self.0.get_opts(&name.key(), options).await?;
        Ok(got.into_stream().map(|piece| piece.map_err(BlobError::from)).boxed())
    }

    /// Brings a blob into a file of this machine and gives its size in bytes.
    ///
    /// # Errors
    /// [`BlobError::Missing`], the store's failure, or when the file cannot be written.
    pub async fn take(&self, name: &BlobName, into: &Path) -> Result<u64, BlobError> {
        let size = self.size(name).await?.ok_or(BlobError::Missing)?;
        let mut pieces = self.stream(name, 0, size).await?;
        let mut file = tokio::fs::File::create(into).await?;
        while let Some(piece) = pieces.next().await {
            file.write_all(&piece?).await?;
        }
        file.flush().await?;
        Ok(size)
    }

    /// Forgets a blob. Forgetting what is not there is no error.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn remove(&self, name: &BlobName) -> Result<(), BlobError> {
        match self.0.delete(&name.key()).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Every name in the store with its size, in no order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(&self) -> Result<Vec<(BlobName, u64)>, BlobError> {
        let mut names = Vec::new();
        let mut listing = self.0.list(None);
        while let Some(meta) = listing.next().await {
            let meta = meta?;
            if let Some(name) = meta.location.filename().and_then(BlobName::parse) {
                names.push((name, meta.size));
            }
        }
        Ok(names)
    }
}

/// The name a file of this machine would have in the store, and its size in bytes.
///
/// # Errors
/// When the file cannot be read.
pub async fn name_file(path: &Path) -> Result<(BlobName, u64), BlobError> {
    let mut file = tokio::fs::File::open(path).await?;
    let mut hash = Context::new(&SHA256);
    let mut buffer = vec![0; 256 * 1024];
    let mut size: u64 = 0;
    loop {
        let count = file.read(&mut buffer).await?;
        if count == 0 {
            return Ok((BlobName(kernel::hex(hash.finish().as_ref())), size));
        }
        hash.update(&buffer[..count]);
        size += count as u64;
    }
}
