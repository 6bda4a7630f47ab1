//! `witness URL`: an independent witness in a minute. It makes a key the first time, checks that the log only grows, cosigns,
//! brings the cosignature to the log, and with `--listen` answers logs that ask.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use kernel::{Clock, Rng};
use tokio::net::TcpListener;

use super::watch::read_key;
use super::{Ended, say};
use crate::far::log::FarLog;
use crate::far::watch;
use crate::far::witness::{Round, Witness, key};

/// What was asked.
pub(super) struct Ask {
    pub(super) url: String,
    pub(super) key: PathBuf,
    pub(super) name: Option<String>,
    pub(super) log_key: Option<String>,
    pub(super) listen: Option<String>,
    pub(super) every: u64,
    pub(super) once: bool,
}

/// A name nobody else is likely to have: it only tells keys apart.
fn made_up(rng: &Rng) -> String {
    format!("witness-{}", kernel::hex(&rng.bytes::<4>()))
}

pub(super) async fn run(ask: Ask) -> Result<(), Ended> {
    let log = FarLog::new(&ask.url).map_err(Ended::Usage)?;
    let trusted = match &ask.log_key {
        Some(text) => read_key(text)?,
        None => watch::policy(&log).await.map_err(|e| Ended::Problem(e.to_string()))?.0,
    };
    let name = ask.name.clone().unwrap_or_else(|| made_up(&Rng::System));
    let signer = key(&ask.key, &name, &Rng::System).map_err(Ended::Problem)?;
    let memory = PathBuf::from(format!("{}.seen", ask.key.display()));
    let witness = Arc::new(Witness::open(trusted.clone(), signer, &memory, Clock::system()).map_err(Ended::Problem)?);
    say(&format!("log      {} with the key {trusted}", log.prefix()));
    say(&format!("witness  {}", witness.key()));
    say(&format!("memory   {}: without it this witness would sign anything; keep it", memory.display()));
    if let Some(listen) = &ask.listen {
        let listener = TcpListener::bind(listen).await.map_err(|e| Ended::Problem(format!("{listen}: {e}")))?;
        say(&format!("listens  http://{listen}/add-checkpoint"));
        let service = witness.clone().service();
        tokio::spawn(async move { drop(axum::serve(listener, service).await) });
    }
    let mut told = false;
    loop {
        let now = Clock::system().now().rfc3339();
        let clock = now.get(11..19).unwrap_or_default();
        match witness.round(&log).await {
            Round::Cosigned(size, Ok(())) => {
                say(&format!("{clock}  cosigned {size} leaves, the log has the cosignature"))
            }
            Round::Cosigned(size, Err(why)) => {
                say(&format!("{clock}  cosigned at size {size}; the log did not take the cosignature: {why}"));
                if !told {
                    say("         its operator makes this witness known in traboule.toml:");
                    say(&format!("         [log]\n         witnesses = [\"{}\"]", witness.key()));
                    told = true;
                }
            }
            Round::Silent(why) => say(&format!("{clock}  no answer: {why}")),
            Round::Objects(why) => {
                say(&format!("{clock}  REFUSED  {why}"));
                return Err(Ended::Problem("this log cannot be cosigned".to_owned()));
            }
        }
        if ask.once {
            return Ok(());
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(ask.every)) => {}
            _ = tokio::signal::ctrl_c() => return Ok(()),
        }
    }
}
