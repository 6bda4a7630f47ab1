//! The same expectations on a folder and on an S3-compatible server, and the range handler over both.

use blobs::{BlobError, BlobName, BlobStore, Conditions, S3Config, serve};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use proptest::prelude::*;
use testkit::Folder;

/// An S3 server over a folder, on a free port of this machine, with signatures checked.
async fn s3(folder: &Folder) -> BlobStore {
    std::fs::create_dir_all(folder.path().join("media")).expect("a bucket");
    let files = s3s_fs::FileSystem::new(folder.path()).expect("a file system");
    let mut builder = s3s::service::S3ServiceBuilder::new(files);
    builder.set_auth(s3s::auth::SimpleAuth::from_single("key", "secret"));
    let service = builder.build();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        let http = hyper_util::server::conn::auto::Builder::new(hyper_util::rt::TokioExecutor::new());
        while let Ok((socket, _)) = listener.accept().await {
            let connection = http.serve_connection(hyper_util::rt::TokioIo::new(socket), service.clone()).into_owned();
            tokio::spawn(async move { drop(connection.await) });
        }
    });
    BlobStore::s3(&S3Config {
        endpoint: format!("http://127.0.0.1:{port}"),
        bucket: "media".to_owned(),
        region: "us-east-1".to_owned(),
        access_key: "key".to_owned(),
        secret_key: "secret".to_owned(),
    })
    .expect("a store")
}

fn on_both(body: impl AsyncFn(BlobStore, &Folder)) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let folder = Folder::new();
        body(BlobStore::folder(&folder.path().join("blobs")).expect("a store"), &folder).await;
        let folder = Folder::new();
        body(s3(&folder).await, &folder).await;
    });
}

async fn fetch(store: &BlobStore, name: &BlobName, size: u64, range: &str) -> (u16, Vec<u8>) {
    let conditions = Conditions { range: Some(range), ..Conditions::default() };
    let served = serve(store, name, size, "audio/mpeg", conditions, false).await.expect("served");
    let mut bytes = Vec::new();
    if let Some(mut body) = served.body {
        while let Some(piece) = body.next().await {
            bytes.extend_from_slice(&piece.expect("a piece"));
        }
    }
    (served.status, bytes)
}

#[test]
fn bytes_come_back_under_their_own_name_on_both_stores() {
    on_both(async |store, _| {
        let bytes = Bytes::from_static(b"hello, passage");
        let name = store.put(bytes.clone()).await.expect("stored");
        assert_eq!(store.put(bytes.clone()).await.expect("again"), name);
        assert_eq!(store.bytes(&name).await.expect("read"), bytes);
        assert_eq!(store.size(&name).await.expect("asked"), Some(14));
        assert_eq!(store.list().await.expect("listed"), vec![(name.clone(), 14)]);
        let absent = BlobName::of(b"absent");
        assert_eq!(store.size(&absent).await.expect("asked"), None);
        assert!(matches!(store.bytes(&absent).await, Err(BlobError::Missing)));
        store.remove(&name).await.expect("removed");
        store.remove(&name).await.expect("removed twice");
        assert_eq!(store.size(&name).await.expect("asked"), None);
    });
}

#[test]
fn a_large_file_is_stored_in_pieces() {
    on_both(async |store, folder| {
        let path = folder.path().join("large");
        let bytes: Vec<u8> = (0..20_000_000_u32).map(|n| n.to_le_bytes()[(n % 3) as usize]).collect();
        std::fs::write(&path, &bytes).expect("written");
        let (name, size) = store.put_file(&path).await.expect("stored");
        assert_eq!((size, &name), (20_000_000, &BlobName::of(&bytes)));
        let (status, part) = fetch(&store, &name, size, "bytes=8388600-8388620").await;
        assert_eq!((status, part.as_slice()), (206, &bytes[8_388_600..=8_388_620]));
    });
}

#[test]
fn c8_head_has_the_headers_of_get_on_both_stores() {
    on_both(async |store, _| {
        let name = store.put(Bytes::from_static(b"0123456789")).await.expect("stored");
        let mut answers = Vec::new();
        for head in [false, true] {
            let served = serve(&store, &name, 10, "audio/mpeg", Conditions::default(), head).await.expect("served");
            assert_eq!(served.body.is_none(), head);
            answers.push((served.status, served.headers));
        }
        assert_eq!(answers[0], answers[1]);
        assert!(answers[0].1.contains(&("content-length", "10".to_owned())));
        assert!(answers[0].1.contains(&("accept-ranges", "bytes".to_owned())));
        let past = serve(
            &store,
            &name,
            10,
            "audio/mpeg",
            Conditions { range: Some("bytes=10-"), ..Conditions::default() },
            false,
        );
        let past = past.await.expect("served");
        assert!(past.status == 416 && past.headers.contains(&("content-range", "bytes */10".to_owned())));
    });
}

#[test]
fn c8_concatenated_random_ranges_are_the_file_on_both_stores() {
    on_both(async |store, _| {
        let bytes: Vec<u8> = (0..5000_u32).map(|n| (n * 7 % 251) as u8).collect();
        let name = store.put(Bytes::from(bytes.clone())).await.expect("stored");
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(40));
        let cuts = proptest::collection::btree_set(1..5000_u64, 0..9);
        let handle = tokio::runtime::Handle::current();
        let outcome = runner.run(&cuts, |cuts| {
            let mut whole = Vec::new();
            let mut start = 0;
            for end in cuts.into_iter().chain([5000]) {
                let range = format!("bytes={start}-{}", end - 1);
                let got = tokio::task::block_in_place(|| handle.block_on(fetch(&store, &name, 5000, &range)));
                prop_assert_eq!(got.0, 206);
                whole.extend(got.1);
                start = end;
            }
            prop_assert_eq!(&whole, &bytes);
            Ok(())
        });
        outcome.expect("every cut gives the file");
    });
}

#[test]
fn a_stream_of_a_missing_blob_says_so() {
    on_both(async |store, _| {
        let outcome = store.stream(&BlobName::of(b"absent"), 0, 5).await;
        let missing = match outcome {
            Err(error) => matches!(error, BlobError::Missing),
            Ok(stream) => stream.try_collect::<Vec<_>>().await.is_err(),
        };
        assert!(missing);
    });
}
