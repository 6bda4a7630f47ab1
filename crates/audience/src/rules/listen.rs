//! What a listen and a view are. A listen follows the IAB podcast measurement guidelines 2.2 in the points named in
//! docs/listens.md (it is not certified): one visitor (network and programme) was served sixty seconds of an episode's sound
//! within 24 hours, by the bytes the connection took, not by those asked for. Each request that does not take part has one
//! reason.

use super::agents::{self, Agent, Kind};
use super::ranges::Ranges;

/// Sound needed for a listen, in seconds.
pub const SECONDS: u64 = 60;
/// How long one visitor's requests belong together, in seconds, from the first one on.
pub const WINDOW_SECONDS: i64 = 86_400;
/// New visitors one network may bring to one episode within its window; further ones are counted out.
pub const MOST_PER_NETWORK: i64 = 50;

/// Why a request does not take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// HEAD, or anything but GET.
    Method,
    /// An answer without sound: not 200 or 206.
    Status,
    /// The programme does not say what it is.
    NoAgent,
    /// A known robot, or one that says so.
    Bot,
    /// A programmer's library without an app's name.
    Library,
    /// The browser fetched it before anybody asked.
    Prefetch,
    /// A watch that loads what its telephone loads too.
    Watch,
    /// A network of a data centre, from the operator's own list.
    Datacentre,
    /// Somebody of the organisation itself.
    Team,
    /// No byte was taken.
    Nothing,
    /// The first two bytes alone: a player that looks whether ranges work.
    Probe,
    /// Too many visitors of one network at once.
    Spike,
    /// Seen already within the window; views only.
    Again,
}

impl Reason {
    /// Every reason, in the order they are asked.
    pub const ALL: [Self; 13] = [
        Self::Method,
        Self::Status,
        Self::NoAgent,
        Self::Bot,
        Self::Library,
        Self::Prefetch,
        Self::Watch,
        Self::Datacentre,
        Self::Team,
        Self::Nothing,
        Self::Probe,
        Self::Spike,
        Self::Again,
    ];

    /// The word in the database and in files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Status => "status",
            Self::NoAgent => "no-agent",
            Self::Bot => "bot",
            Self::Library => "library",
            Self::Prefetch => "prefetch",
            Self::Watch => "watch",
            Self::Datacentre => "datacentre",
            Self::Team => "team",
            Self::Nothing => "nothing",
            Self::Probe => "probe",
            Self::Spike => "spike",
            Self::Again => "again",
        }
    }

    /// Reads [`Reason::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }
}

/// What is known of a request besides who sent it.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method.
    pub method: &'a str,
    /// The status of the answer.
    pub status: u16,
    /// What the programme calls itself.
    pub agent: &'a str,
    /// Whether it said it only fetches ahead (`Sec-Purpose`, `Purpose`, `X-Moz`).
    pub prefetch: bool,
    /// Whether its network is on the operator's list of data centres.
    pub datacentre: bool,
    /// Whether it is somebody of the organisation.
    pub team: bool,
    /// The bytes taken, from the first to before the second.
    pub taken: (u64, u64),
}

/// What a request for sound is: its programme, or the reason it is counted out.
///
/// # Errors
/// The reason.
pub fn sound(request: &Request<'_>) -> Result<Agent, Reason> {
    let agent = page(request)?;
    match request.taken {
        (first, end) if first >= end => Err(Reason::Nothing),
        // Players ask for the first bytes to see whether ranges work; alone they are no sound.
        (0, 1..=2) if request.status == 206 => Err(Reason::Probe),
        _ => Ok(agent),
    }
}

/// What a request for a page is. 304 counts: somebody looks at a page kept by the browser.
///
/// # Errors
/// The reason.
pub fn view(request: &Request<'_>) -> Result<Agent, Reason> {
    if request.status == 304 { page(&Request { status: 200, ..*request }) } else { page(request) }
}

fn page(request: &Request<'_>) -> Result<Agent, Reason> {
    if request.method != "GET" {
        return Err(Reason::Method);
    }
    if !matches!(request.status, 200 | 206) {
        return Err(Reason::Status);
    }
    if request.team {
        return Err(Reason::Team);
    }
    if request.agent.trim().is_empty() {
        return Err(Reason::NoAgent);
    }
    let agent = agents::classify(request.agent);
    match agent.kind {
        Kind::Bot => return Err(Reason::Bot),
        Kind::Library => return Err(Reason::Library),
        Kind::Watch => return Err(Reason::Watch),
        Kind::App | Kind::Browser | Kind::Unknown => {}
    }
    if request.prefetch {
        return Err(Reason::Prefetch);
    }
    if request.datacentre {
        return Err(Reason::Datacentre);
    }
    Ok(agent)
}

/// A file of sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sound {
    /// Its size in bytes.
    pub size: u64,
    /// Bytes before the sound begins: tags and headers.
    pub header: u64,
    /// Its length in milliseconds; 0 when unknown.
    pub duration_ms: u64,
}

impl Sound {
    /// Bytes after the header that make a listen: sixty seconds' worth, or all of a shorter file. A file whose length is
    /// not known needs all of it.
    #[must_use]
    pub fn needed(&self) -> u64 {
        let body = self.size.saturating_sub(self.header);
        if self.duration_ms <= SECONDS * 1_000 {
            return body;
        }
        let needed = u128::from(body) * u128::from(SECONDS) * 1_000 / u128::from(self.duration_ms);
        u64::try_from(needed).unwrap_or(body).max(1)
    }

    /// Whether these bytes are a listen.
    #[must_use]
    pub fn is_listen(&self, taken: &Ranges) -> bool {
        self.size > 0 && taken.beyond(self.header) >= self.needed().max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c14_sixty_seconds_past_the_header() {
        let sound = Sound { size: 10_000_000 + 500, header: 500, duration_ms: 600_000 };
        assert_eq!(sound.needed(), 1_000_000);
        let taken = |parts: &[(u64, u64)]| {
            let mut ranges = Ranges::default();
            parts.iter().for_each(|(a, b)| ranges.add(*a, *b));
            sound.is_listen(&ranges)
        };
        assert!(!taken(&[(0, 1_000_000)]), "the header is no sound");
        assert!(taken(&[(0, 1_000_500)]));
        assert!(taken(&[(5_000_000, 5_500_000), (5_500_000, 6_000_000)]));
        assert!(!taken(&[(5_000_000, 5_600_000), (5_000_000, 5_600_000)]), "the same bytes twice are one");
        let short = Sound { size: 300_000, header: 0, duration_ms: 20_000 };
        assert_eq!(short.needed(), 300_000);
        assert_eq!(Sound { size: 0, header: 0, duration_ms: 0 }.needed(), 0);
        assert!(!Sound { size: 0, header: 0, duration_ms: 0 }.is_listen(&Ranges::default()));
        assert_eq!(Sound { size: 900, header: 100, duration_ms: 0 }.needed(), 800, "without a length all of it");
    }

    #[test]
    fn reasons_read_back() {
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.code()), Some(reason));
        }
    }
}
