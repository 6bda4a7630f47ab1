//! A report: figures with their baseline of the same run. The JSON is a contract of the command line.

use serde::Serialize;

/// One figure.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// What was measured.
    pub metric: String,
    /// In which unit.
    pub unit: String,
    /// The median.
    pub value: f64,
    /// The distance between the smallest and the largest pass.
    pub spread: f64,
    /// What it is compared with.
    pub baseline: Option<String>,
    /// The baseline's median, in the same unit.
    pub baseline_value: Option<f64>,
    /// The value over the baseline's.
    pub ratio: Option<f64>,
    /// What we aim at, for the ratio if there is a baseline, else for the value.
    pub target: Option<f64>,
    /// Whether the aim is met.
    pub met: Option<bool>,
}

impl Figure {
    /// A figure from passes.
    #[must_use]
    pub fn of(metric: &str, unit: &str, passes: &[f64]) -> Self {
        let (value, spread) = median(passes);
        Self {
            metric: metric.to_owned(),
            unit: unit.to_owned(),
            value,
            spread,
            baseline: None,
            baseline_value: None,
            ratio: None,
            target: None,
            met: None,
        }
    }

    /// Compares with passes of a baseline that ran between its own.
    #[must_use]
    pub fn against(mut self, baseline: &str, passes: &[f64]) -> Self {
        let (value, _) = median(passes);
        self.baseline = Some(baseline.to_owned());
        self.baseline_value = Some(value);
        self.ratio = (value > 0.0).then(|| round(self.value / value));
        self
    }

    /// At least this ratio (or value) is aimed at.
    #[must_use]
    pub fn at_least(mut self, target: f64) -> Self {
        self.met = Some(self.ratio.unwrap_or(self.value) >= target);
        self.target = Some(target);
        self
    }

    /// At most this value is aimed at.
    #[must_use]
    pub fn at_most(mut self, target: f64) -> Self {
        self.met = Some(self.value <= target);
        self.target = Some(target);
        self
    }

    /// A line for a terminal.
    #[must_use]
    pub fn line(&self) -> String {
        let mut line = format!("{:<44} {:>12} {} (± {})", self.metric, self.value, self.unit, self.spread);
        if let (Some(baseline), Some(value), Some(ratio)) = (&self.baseline, self.baseline_value, self.ratio) {
            line.push_str(&format!(", {ratio} of {baseline} ({value})"));
        }
        if let (Some(target), Some(met)) = (self.target, self.met) {
            line.push_str(&format!(", target {target} {}", if met { "met" } else { "MISSED" }));
        }
        line
    }
}

fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

fn median(passes: &[f64]) -> (f64, f64) {
    let mut sorted = passes.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(middle) = sorted.get(sorted.len() / 2) else { return (0.0, 0.0) };
    let spread = sorted.last().unwrap_or(middle) - sorted.first().unwrap_or(middle);
    (round(*middle), round(spread))
}

/// A run's figures.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The bench.
    pub name: String,
    /// Where it ran.
    pub machine: String,
    /// What it found.
    pub figures: Vec<Figure>,
}

/// Of measured times, the one below which so many of a hundred lie; 0 of none.
#[must_use]
pub fn quantile(times: &[f64], part: usize) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    times.get((times.len() * part / 100).min(times.len().saturating_sub(1))).copied().unwrap_or(0.0)
}

/// The milliseconds since an instant.
#[must_use]
pub fn milliseconds(since: std::time::Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

/// The machine in a few words: processor, cores, memory.
#[must_use]
pub fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu
        .lines()
        .find_map(|l| l.strip_prefix("model name").map(|r| r.trim_start_matches([' ', '\t', ':']).to_owned()));
    let memory = read("/proc/meminfo");
    let kb = memory.lines().find_map(|l| l.strip_prefix("MemTotal:")?.split_whitespace().next()?.parse::<u64>().ok());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let build = if cfg!(debug_assertions) { "debug build" } else { "release build" };
    format!(
        "{}, {cores} cores, {} GiB, {build}",
        model.unwrap_or_else(|| "unknown processor".to_owned()),
        kb.unwrap_or(0) / 1_048_576
    )
}
