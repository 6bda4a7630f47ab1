//! Collects peaks while sound is decoded and reduces them to a fixed waveform.
//! Time is counted in flicks so that every common sample rate divides evenly.
//! Memory is fixed: when the buckets are full, pairs are merged.

/// Flicks in a second: divisible by all sample rates of MPEG audio and AAC.
pub const FLICKS_PER_SECOND: u64 = 705_600_000;
/// Flicks in a millisecond.
pub const FLICKS_PER_MS: u64 = FLICKS_PER_SECOND / 1000;
/// Number of points in a finished waveform.
pub const WAVEFORM_POINTS: usize = 300;

/// Buckets kept before pairs are merged.
const MAX_BUCKETS: usize = 65_536;
/// Peaks at or below this 16-bit level (about −72 dB) count as silence.
const SILENCE: u16 = 8;

/// Peaks of the sound so far, one per bucket of time.
pub(super) struct Peaks {
    buckets: Vec<u16>,
    width: u64,
    now: u64,
    skip: u64,
}

impl Peaks {
    /// Starts empty; the first `skip` flicks of sound (encoder delay) are dropped.
    pub(super) fn new(skip: u64) -> Self {
        Self { buckets: Vec::new(), width: FLICKS_PER_MS, now: 0, skip }
    }

    /// Flicks of sound kept so far.
    pub(super) fn elapsed(&self) -> u64 {
        self.now
    }

    /// Adds interleaved 16-bit samples at `rate` Hz; the level is the loudest channel.
    pub(super) fn push(&mut self, samples: &[i16], channels: usize, rate: u32) {
        let step = FLICKS_PER_SECOND / u64::from(rate.max(1));
        for frame in samples.chunks_exact(channels.max(1)) {
            if self.skip > 0 {
                self.skip = self.skip.saturating_sub(step);
                continue;
            }
            let level = frame.iter().map(|s| s.unsigned_abs()).max().unwrap_or(0);
            self.mark(level);
            self.now = self.now.saturating_add(step);
        }
    }

    /// Adds `frames` sample frames of silence, for a frame that did not decode.
    pub(super) fn push_silence(&mut self, frames: u64, rate: u32) {
        let step = FLICKS_PER_SECOND / u64::from(rate.max(1));
        let flicks = step.saturating_mul(frames);
        let skipped = self.skip.min(flicks);
        self.skip -= skipped;
        self.now = self.now.saturating_add(flicks - skipped);
    }

    fn mark(&mut self, level: u16) {
        let mut index = self.now / self.width;
        while index >= MAX_BUCKETS as u64 {
            self.halve();
            index = self.now / self.width;
        }
        // The loop above keeps the index below MAX_BUCKETS.
        let index = index as usize;
        if index >= self.buckets.len() {
            self.buckets.resize(index + 1, 0);
        }
        if let Some(slot) = self.buckets.get_mut(index) {
            *slot = (*slot).max(level);
        }
    }

    fn halve(&mut self) {
        self.buckets = self.buckets.chunks(2).map(|pair| pair.iter().copied().max().unwrap_or(0)).collect();
        self.width = self.width.saturating_mul(2);
    }

    /// The waveform of the first `total` flicks: [`WAVEFORM_POINTS`] peaks,
    /// scaled so that the loudest is 255.
    pub(super) fn finish(&self, total: u64) -> Vec<u8> {
        let points = WAVEFORM_POINTS as u128;
        let edge = |i: u128| (u128::from(total) * i / points) as u64;
        let raw: Vec<u16> = (0..points)
            .map(|i| {
                let first = (edge(i) / self.width) as usize;
                let last = (edge(i + 1).saturating_sub(1) / self.width) as usize;
                let last = last.max(first).min(self.buckets.len().saturating_sub(1));
                self.buckets.get(first..=last).and_then(|range| range.iter().copied().max()).unwrap_or(0)
            })
            .collect();
        let loudest = raw.iter().copied().max().unwrap_or(0);
        if loudest <= SILENCE {
            return vec![0; WAVEFORM_POINTS];
        }
        let loudest = u32::from(loudest);
        raw.iter()
            // At most 255, because no value exceeds the loudest.
            .map(|v| ((u32::from(*v) * 255 + loudest / 2) / loudest) as u8)
            .collect()
    }
}
