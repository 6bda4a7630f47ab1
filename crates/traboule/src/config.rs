//! Configuration: flags over `TRABOULE_*` over `traboule.toml`. A setting that cannot be used is refused by name and,
//! in the file, by line; secrets never appear in messages.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use blobs::S3Config;
use community::rules::clip::Rooms;
use serde::Deserialize;
use tlog::note::{KeyKind, VerifierKey};

/// What was said on the command line.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `--data`.
    pub data: Option<PathBuf>,
    /// `--listen`.
    pub listen: Option<String>,
    /// `--database`.
    pub database: Option<String>,
    /// `--public-url`.
    pub public_url: Option<String>,
}

/// `traboule.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    listen: Option<String>,
    database: Option<String>,
    public_url: Option<String>,
    proxies: Vec<IpAddr>,
    #[serde(default)]
    datacentre_networks: Vec<String>,
    former_hosts: Vec<String>,
    source_url: Option<String>,
    mail: Option<MailFile>,
    s3: Option<S3File>,
    ffmpeg: Option<String>,
    upload_room_gib: Option<u16>,
    member_clips_gib: Option<u16>,
    house_clips_gib: Option<u16>,
    log: LogFile,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct LogFile {
    witnesses: Vec<String>,
    witness_for: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MailFile {
    smtp: String,
    from: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct S3File {
    endpoint: String,
    bucket: String,
    #[serde(default = "region")]
    region: String,
    access_key: String,
    secret_key: String,
}

fn region() -> String {
    "us-east-1".to_owned()
}

/// How mail leaves.
#[derive(Clone)]
pub enum MailConfig {
    /// Into `mail/` of the data folder, one file per message.
    Folder,
    /// By SMTP; the address may hold a user and a password.
    Smtp {
        /// `smtps://user:password@host:465`.
        url: String,
        /// The sender.
        from: String,
    },
}

impl std::fmt::Debug for MailConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder => f.write_str("Folder"),
            Self::Smtp { from, .. } => write!(f, "Smtp(from {from})"),
        }
    }
}

/// A checked configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// The data folder.
    pub data: PathBuf,
    /// Where to listen.
    pub listen: SocketAddr,
    /// A PostgreSQL address, else SQLite in the data folder.
    pub database: Option<String>,
    /// The public origin, `https://example.org`; made from `listen` when absent.
    pub public_url: Option<String>,
    /// Proxies whose `X-Forwarded-For` counts.
    pub proxies: Vec<IpAddr>,
    /// Networks of data centres, whose requests are not listens.
    pub datacentres: Vec<(IpAddr, u8)>,
    /// Host names the site had before; what is asked of them is moved permanently to the public origin.
    pub former_hosts: Vec<String>,
    /// Where the exact source of this server is offered (AGPL §13).
    pub source_url: String,
    /// How mail leaves.
    pub mail: MailConfig,
    /// Where media goes, else the data folder.
    pub s3: Option<S3Config>,
    /// The ffmpeg that converts sound, or `off`; the one of the search path when absent.
    pub ffmpeg: Option<String>,
    /// Bytes that unfinished uploads of one organisation may fill.
    pub upload_room: i64,
    /// Bytes that originals of clips may fill.
    pub clip_rooms: Rooms,
    /// Who signs with the public log, and whose logs this server signs.
    pub log: LogConfig,
}

impl Config {
    /// A site in a folder of this machine, with nothing of what an operator may set: for tests, the demo and measuring.
    #[must_use]
    pub fn plain(data: PathBuf, listen: SocketAddr, public_url: &str) -> Self {
        Self {
            data,
            listen,
            database: None,
            public_url: Some(public_url.to_owned()),
            proxies: Vec::new(),
            datacentres: Vec::new(),
            former_hosts: Vec::new(),
            source_url: SOURCE_URL.to_owned(),
            mail: MailConfig::Folder,
            s3: None,
            ffmpeg: None,
            upload_room: 8 * GIB,
            clip_rooms: community::rules::clip::Rooms::default(),
            log: LogConfig::default(),
        }
    }
}

/// The section `[log]`.
#[derive(Clone, Debug, Default)]
pub struct LogConfig {
    /// Witnesses of this server's log, with the address at which they take checkpoints if they are to be asked.
    pub witnesses: Vec<(VerifierKey, Option<String>)>,
    /// Keys of other logs this server is a witness of.
    pub witness_for: Vec<VerifierKey>,
}

fn check_log(file: &LogFile) -> Result<LogConfig, String> {
    let witness = |text: &String| {
        let mut parts = text.split_whitespace();
        let key = parts.next().and_then(VerifierKey::parse).filter(|k| k.kind == KeyKind::Cosignature);
        let url = parts.next().map(str::to_owned);
        let good = url.as_ref().is_none_or(|u| u.starts_with("https://") || u.starts_with("http://"));
        match key {
            Some(key) if good && parts.next().is_none() => Ok((key, url)),
            _ => {
                Err(format!("log.witnesses: “{text}” is not a witness's verifier key, perhaps followed by its address"))
            }
        }
    };
    let log = |text: &String| {
        let key = VerifierKey::parse(text).filter(|k| k.kind == KeyKind::Note);
        key.ok_or_else(|| format!("log.witness_for: “{text}” is not a log's verifier key"))
    };
    Ok(LogConfig {
        witnesses: file.witnesses.iter().map(witness).collect::<Result<_, _>>()?,
        witness_for: file.witness_for.iter().map(log).collect::<Result<_, _>>()?,
    })
}

/// Networks such as `198.51.100.0/24`.
fn check_networks(list: &[String]) -> Result<Vec<(IpAddr, u8)>, String> {
    let network = |text: &String| {
        let (address, length) = text.split_once('/')?;
        let address: IpAddr = address.trim().parse().ok()?;
        let length: u8 = length.trim().parse().ok()?;
        (length <= if address.is_ipv4() { 32 } else { 128 }).then_some((address, length))
    };
    let read = |text| {
        network(text).ok_or_else(|| format!("datacentre_networks: {text} is not a network like 198.51.100.0/24"))
    };
    list.iter().map(read).collect()
}

const GIB: i64 = 1024 * 1024 * 1024;

fn rooms(member: Option<u16>, house: Option<u16>) -> Rooms {
    let (usual, of) = (Rooms::default(), |gib: Option<u16>| gib.map(|n| i64::from(n) * GIB));
    Rooms { member: of(member).unwrap_or(usual.member), house: of(house).unwrap_or(usual.house) }
}

/// The source of this very server, packed when it was built.
pub const SOURCE_URL: &str = "/source.tar.gz";

impl Config {
    /// Reads and checks the configuration.
    ///
    /// # Errors
    /// A sentence that names the setting, and in the file the line.
    pub fn load(flags: &Flags, default_listen: &str) -> Result<Self, String> {
        let data = flags.data.clone().or_else(|| env("TRABOULE_DATA").map(PathBuf::from));
        let data = data.unwrap_or_else(|| PathBuf::from("traboule-data"));
        let file = read_file(&data)?;
        let pick =
            |flag: &Option<String>, name: &str, file: Option<String>| flag.clone().or_else(|| env(name)).or(file);
        let listen = pick(&flags.listen, "TRABOULE_LISTEN", file.listen).unwrap_or_else(|| default_listen.to_owned());
        let listen = listen.parse().map_err(|_| format!("listen: {listen} is not an address like 127.0.0.1:8080"))?;
        let database = pick(&flags.database, "TRABOULE_DATABASE", file.database);
        if database.as_ref().is_some_and(|d| !d.starts_with("postgres://") && !d.starts_with("postgresql://")) {
            return Err("database: only postgres://… is possible; leave it out for SQLite".to_owned());
        }
        let public_url = pick(&flags.public_url, "TRABOULE_PUBLIC_URL", file.public_url);
        let public_url = public_url.map(|url| check_origin(&url)).transpose()?;
        let smtp = match (env("TRABOULE_SMTP"), env("TRABOULE_MAIL_FROM")) {
            (Some(smtp), Some(from)) => Some(MailFile { smtp, from }),
            (None, None) => None,
            _ => return Err("TRABOULE_SMTP and TRABOULE_MAIL_FROM are needed together".to_owned()),
        };
        let mail = match smtp.or(file.mail) {
            None => MailConfig::Folder,
            Some(mail) => check_mail(mail)?,
        };
        let s3 = file.s3.map(|s3| S3Config {
            endpoint: s3.endpoint,
            bucket: s3.bucket,
            region: s3.region,
            access_key: env("TRABOULE_S3_ACCESS_KEY").unwrap_or(s3.access_key),
            secret_key: env("TRABOULE_S3_SECRET_KEY").unwrap_or(s3.secret_key),
        });
        Ok(Self {
            data,
            listen,
            database,
            public_url: public_url.clone(),
            proxies: file.proxies,
            datacentres: check_networks(&file.datacentre_networks)?,
            former_hosts: check_former(file.former_hosts, public_url.as_deref())?,
            source_url: env("TRABOULE_SOURCE_URL").or(file.source_url).unwrap_or_else(|| SOURCE_URL.to_owned()),
            mail,
            s3,
            ffmpeg: env("TRABOULE_FFMPEG").or(file.ffmpeg).map(check_ffmpeg).transpose()?,
            upload_room: i64::from(file.upload_room_gib.unwrap_or(20)) * GIB,
            clip_rooms: rooms(file.member_clips_gib, file.house_clips_gib),
            log: check_log(&file.log)?,
        })
    }

    /// The public origin: the one given, or where the server listens.
    #[must_use]
    pub fn origin(&self, port: u16) -> String {
        self.public_url.clone().unwrap_or_else(|| {
            let ip = self.listen.ip();
            if ip.is_loopback() || ip.is_unspecified() {
                format!("http://localhost:{port}")
            } else {
                format!("http://{ip}:{port}")
            }
        })
    }
}

fn env(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn read_file(data: &Path) -> Result<File, String> {
    let beside = Path::new("traboule.toml").to_owned();
    for path in [data.join("traboule.toml"), beside] {
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(format!("{}: {error}", path.display())),
        };
        return toml::from_str(&text).map_err(|error| {
            let before = error.span().map_or("", |span| &text[..span.start.min(text.len())]);
            let line = before.matches('\n').count() + 1;
            format!("{}:{line}: {}", path.display(), error.message())
        });
    }
    Ok(File::default())
}

fn check_origin(text: &str) -> Result<String, String> {
    let bad = || format!("public_url: {text} is not an origin like https://example.org");
    let url = url::Url::parse(text).map_err(|_| bad())?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.path() == "/"
        && url.query().is_none()
        && url.username().is_empty();
    if !plain || url.host_str().is_none() {
        return Err(bad());
    }
    Ok(url.origin().ascii_serialization())
}

/// Former hosts need a public origin to move to, and it may not be one of them: no redirect goes in circles.
fn check_former(hosts: Vec<String>, public_url: Option<&str>) -> Result<Vec<String>, String> {
    if hosts.is_empty() {
        return Ok(hosts);
    }
    let Some(origin) = public_url else { return Err("former_hosts: public_url is needed too".to_owned()) };
    let authority = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    let hosts: Vec<String> = hosts.into_iter().map(|h| h.to_ascii_lowercase()).collect();
    match hosts.iter().find(|h| *h == authority || h.contains('/')) {
        Some(bad) => Err(format!("former_hosts: {bad} is the public host itself or no host name")),
        None => Ok(hosts),
    }
}

/// A program is named by its whole path: what is found must not depend on where the server was started.
fn check_ffmpeg(text: String) -> Result<String, String> {
    if text == "off" || Path::new(&text).is_absolute() {
        Ok(text)
    } else {
        Err(format!("ffmpeg: {text} is neither a whole path like /usr/bin/ffmpeg nor off"))
    }
}

fn check_mail(mail: MailFile) -> Result<MailConfig, String> {
    if !mail.smtp.starts_with("smtp://") && !mail.smtp.starts_with("smtps://") {
        return Err("mail.smtp: an address like smtps://user:password@mail.example.org is needed".to_owned());
    }
    if mail.from.parse::<lettre::message::Mailbox>().is_err() {
        return Err(format!("mail.from: {} is not a sender like Show <show@example.org>", mail.from));
    }
    Ok(MailConfig::Smtp { url: mail.smtp, from: mail.from })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_checked() {
        assert_eq!(check_origin("https://a.example/"), Ok("https://a.example".to_owned()));
        for bad in ["a.example", "ftp://a.example", "https://a.example/x", "https://u@a.example"] {
            assert!(check_origin(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_bad_file_is_refused_by_line() {
        let folder = std::env::temp_dir().join(format!("traboule-config-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("traboule.toml"), "listen = \"127.0.0.1:1\"\n\nlistne = 3\n").expect("written");
        let flags = Flags { data: Some(folder.clone()), ..Flags::default() };
        let error = Config::load(&flags, "127.0.0.1:8080").expect_err("refused");
        assert!(error.contains("traboule.toml:3") && error.contains("listne"), "{error}");
        std::fs::remove_dir_all(folder).expect("removed");
    }
}
