//! What `sim` plays through: the server's own parts under a virtual clock, by seeds, with a checker that believes none of
//! them. A seed gives the same run again. Nothing here serves or keeps anything.

mod checker;
mod log;

pub use checker::Checker;
pub use log::log;

use serde::Serialize;

/// What came of a simulation. The JSON is a contract of the command line.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Which one.
    pub name: &'static str,
    /// The digest of what it is made of: figures of different digests are not comparable.
    pub config_sha256: String,
    /// The first and the last seed.
    pub seeds: [u64; 2],
    /// How many seeds passed.
    pub passed: usize,
    /// Those that did not.
    pub failed: Vec<u64>,
    /// The figures.
    pub figures: Vec<Figure>,
    /// What failed in which seed, in words.
    #[serde(skip)]
    pub faults: Vec<(u64, String)>,
}

/// A mean over the seeds.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// What was counted in a run.
    pub metric: &'static str,
    /// By which rule the nodes worked.
    pub policy: &'static str,
    /// What happened to them.
    pub world: &'static str,
    /// The mean.
    pub value: f64,
    /// Half the width of its interval of 95 %.
    pub ci95: f64,
}

impl Figure {
    fn of(metric: &'static str, policy: &'static str, world: &'static str, runs: &[f64]) -> Self {
        let count = f64::from(u32::try_from(runs.len().max(1)).unwrap_or(u32::MAX));
        let mean = runs.iter().sum::<f64>() / count;
        let spread = runs.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
        let round = |x: f64| (x * 1000.0).round() / 1000.0;
        Self { metric, policy, world, value: round(mean), ci95: round(1.96 * (spread / count).sqrt()) }
    }

    /// A line for people.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{:<34} {:<22} {:<10} {:>9} ± {}", self.metric, self.policy, self.world, self.value, self.ci95)
    }
}
