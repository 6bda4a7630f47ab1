//! The rules of uploads in pieces, tus 1.0.0: headers read, and whether bytes may come. Pure; refusals carry the codes
//! that the edge turns into the statuses of the protocol.

use base64::Engine as _;
use kernel::{At, Kind, Refusal};

use crate::model::{Upload, UploadState};

/// The version spoken.
pub const VERSION: &str = "1.0.0";
/// The extensions spoken.
pub const EXTENSIONS: &str = "creation,creation-with-upload,expiration,checksum,termination";
/// The checksums known.
pub const CHECKSUMS: &str = "sha1,sha256";
/// The largest upload, in bytes: 2 GiB.
pub const MOST_BYTES: i64 = 2 * 1024 * 1024 * 1024;
/// How long an upload is kept after its last piece, in seconds.
pub const KEPT: i64 = 24 * 3600;
/// How long the upload of a post's video is kept that was declared and of which no byte came, in seconds.
pub const UNSENT: i64 = 3600;
/// How long a lease lasts unless it is kept, in seconds.
pub const LEASE: i64 = 30;
/// Longest `Upload-Metadata` read.
const MOST_METADATA: usize = 4096;

/// What `Upload-Metadata` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// `filename`.
    pub name: String,
    /// `filetype`.
    pub mime: String,
    /// `episode`, a shown id.
    pub episode: String,
    /// `post`, a shown id.
    pub post: String,
}

/// A checksum of one piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// SHA-1, 20 bytes.
    Sha1(Vec<u8>),
    /// SHA-256, 32 bytes.
    Sha256(Vec<u8>),
}

fn bad(what: &'static str) -> Refusal {
    Refusal::new(Kind::Invalid, "upload-header").with("header", what)
}

fn base64(text: &str) -> Option<Vec<u8>> {
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

/// Reads `Upload-Metadata`: keys with Base64 values. Unknown keys are left alone.
///
/// # Errors
/// A value that is no Base64 of UTF-8, or too much of it.
pub fn metadata(header: &str) -> Result<Metadata, Refusal> {
    if header.len() > MOST_METADATA {
        return Err(bad("Upload-Metadata"));
    }
    let mut out = Metadata::default();
    for pair in header.split(',').map(str::trim).filter(|p| !p.is_empty()) {
        let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let place = match key {
            "filename" => &mut out.name,
            "filetype" => &mut out.mime,
            "episode" => &mut out.episode,
            "post" => &mut out.post,
            _ => continue,
        };
        let text = base64(value.trim()).and_then(|bytes| String::from_utf8(bytes).ok());
        *place = kernel::line(&text.ok_or_else(|| bad("Upload-Metadata"))?);
    }
    out.name = out.name.chars().take(200).collect();
    out.mime = out.mime.chars().take(100).collect();
    Ok(out)
}

/// Reads `Upload-Checksum`: an algorithm and Base64.
///
/// # Errors
/// An algorithm that is not known, or a digest of another length.
pub fn checksum(header: &str) -> Result<Checksum, Refusal> {
    let refused = || bad("Upload-Checksum");
    let (name, value) = header.split_once(' ').ok_or_else(refused)?;
    let digest = base64(value.trim()).ok_or_else(refused)?;
    match (name, digest.len()) {
        ("sha1", 20) => Ok(Checksum::Sha1(digest)),
        ("sha256", 32) => Ok(Checksum::Sha256(digest)),
        _ => Err(refused()),
    }
}

/// Reads a header that is a whole number and not negative.
///
/// # Errors
/// Absent, or anything else.
pub fn number(header: Option<&str>, name: &'static str) -> Result<i64, Refusal> {
    let text = header.filter(|t| !t.is_empty() && t.len() < 19 && t.bytes().all(|b| b.is_ascii_digit()));
    text.and_then(|t| t.parse().ok()).ok_or_else(|| bad(name))
}

/// Whether an upload of `size` bytes may begin where `open` bytes are promised already.
///
/// # Errors
/// Empty, too large, or no room left.
pub fn may_begin(size: i64, open: i64, quota: i64) -> Result<(), Refusal> {
    if size == 0 {
        return Err(Refusal::invalid("upload-empty"));
    }
    if size > MOST_BYTES {
        return Err(Refusal::invalid("upload-too-large"));
    }
    if open.saturating_add(size) > quota {
        return Err(Refusal::new(Kind::Unavailable, "upload-no-room"));
    }
    Ok(())
}

/// Where an upload stands: what was written down, and never more than what lies on disk.
#[must_use]
pub fn truth(upload: &Upload, on_disk: u64) -> i64 {
    match upload.state {
        UploadState::Done => upload.size,
        _ => upload.received.min(i64::try_from(on_disk).unwrap_or(i64::MAX)),
    }
}

/// Until when an upload is kept of which `received` bytes are there now: only new bytes keep it longer.
#[must_use]
pub fn kept_until(upload: &Upload, received: i64, now: At) -> At {
    if received > upload.received { now.plus_seconds(KEPT) } else { upload.expires_at }
}

/// Whether an upload can still be asked about.
///
/// # Errors
/// `upload-gone` when it expired, was given up, or was nothing we take.
pub fn alive(upload: &Upload, now: At) -> Result<(), Refusal> {
    match upload.state {
        UploadState::Done => Ok(()),
        UploadState::Open if now < upload.expires_at => Ok(()),
        _ => Err(Refusal::new(Kind::NotFound, "upload-gone")),
    }
}

/// Whether a piece of `length` bytes (if known) may come at `offset`, where `at` bytes are there.
///
/// # Errors
/// `upload-offset` elsewhere than at the end, `upload-too-large` when it would be more than was announced.
pub fn may_append(upload: &Upload, at: i64, offset: i64, length: Option<i64>) -> Result<(), Refusal> {
    if offset != at {
        return Err(Refusal::new(Kind::Conflict, "upload-offset"));
    }
    if length.is_some_and(|length| offset.saturating_add(length) > upload.size) {
        return Err(Refusal::invalid("upload-too-large"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::model::UploadFor;
    use kernel::{OrgId, PersonId};
    use proptest::prelude::*;

    use super::*;

    fn upload(size: i64, received: i64, state: UploadState) -> Upload {
        Upload {
            id: 1,
            org: OrgId(1),
            person: PersonId(1),
            of: UploadFor::Episode(1),
            size,
            received,
            name: String::new(),
            declared: String::new(),
            state,
            lease: 0,
            leased_until: At::from_micros(0),
            expires_at: At::from_micros(1_000_000),
        }
    }

    #[test]
    fn metadata_and_checksums_are_read() {
        let read =
            metadata("filename dG9uIMOpdMOpLndhdg==,filetype YXVkaW8vd2F2,episode ZXBfMQ==,other !!").expect("read");
        let wanted = Metadata {
            name: "ton été.wav".to_owned(),
            mime: "audio/wav".to_owned(),
            episode: "ep_1".to_owned(),
            post: String::new(),
        };
        assert_eq!(read, wanted);
        assert_eq!(metadata(""), Ok(Metadata::default()));
        for broken in ["filename a", "filename ====", "filename YQ=a", "filename /w=="] {
            assert_eq!(metadata(broken).expect_err(broken).code, "upload-header");
        }
        assert!(metadata(&"x".repeat(5000)).is_err());
        assert_eq!(checksum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=").map(|c| matches!(c, Checksum::Sha1(_))), Ok(true));
        for broken in ["", "sha1", "md5 AAAA", "sha256 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", "sha1 ????"] {
            assert!(checksum(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn numbers_are_whole() {
        assert_eq!(number(Some("0"), "Upload-Offset"), Ok(0));
        for broken in [None, Some(""), Some("-1"), Some("1.5"), Some("+1"), Some("9999999999999999999999")] {
            assert!(number(broken, "Upload-Offset").is_err(), "{broken:?}");
        }
    }

    #[test]
    fn the_table_of_beginnings() {
        for (size, open, quota, wanted) in [
            (1, 0, 1, Ok(())),
            (0, 0, 10, Err("upload-empty")),
            (MOST_BYTES, 0, i64::MAX, Ok(())),
            (MOST_BYTES + 1, 0, i64::MAX, Err("upload-too-large")),
            (6, 5, 10, Err("upload-no-room")),
            (5, 5, 10, Ok(())),
        ] {
            assert_eq!(may_begin(size, open, quota).map_err(|r| r.code), wanted, "{size} {open} {quota}");
        }
    }

    #[test]
    fn an_expired_upload_is_gone_and_a_done_one_is_not() {
        let (before, after) = (At::from_micros(999_999), At::from_micros(1_000_000));
        assert!(alive(&upload(5, 2, UploadState::Open), before).is_ok());
        assert_eq!(alive(&upload(5, 2, UploadState::Open), after).expect_err("gone").code, "upload-gone");
        assert!(alive(&upload(5, 5, UploadState::Done), after).is_ok());
        assert!(alive(&upload(5, 5, UploadState::Refused), before).is_err());
        assert!(alive(&upload(5, 2, UploadState::Ended), before).is_err());
    }

    proptest! {
        #[test]
        fn c17_the_truth_is_never_more_than_the_disk(size in 1_i64..1000, received in 0_i64..1000, disk in 0_u64..2000) {
            let up = upload(size, received.min(size), UploadState::Open);
            let at = truth(&up, disk);
            prop_assert!(at <= up.received && at <= i64::try_from(disk).unwrap_or(i64::MAX));
            prop_assert!(at == up.received || at == i64::try_from(disk).unwrap_or(i64::MAX));
        }

        #[test]
        fn a_piece_fits_only_at_the_end_and_never_overflows(at in 0_i64..100, offset in 0_i64..100, length in 0_i64..200) {
            let up = upload(100, at, UploadState::Open);
            let ok = may_append(&up, at, offset, Some(length)).is_ok();
            prop_assert_eq!(ok, offset == at && offset + length <= 100);
        }
    }
}
