//! Work that takes its time: how far it is, and the way to stop it. Nobody is told of what is over within a second.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

/// How long a job runs before it is shown.
const QUIET: Duration = Duration::from_secs(1);
/// How often it is told how far it is.
const PERIOD: Duration = Duration::from_millis(200);

/// The jobs that run; clones share them.
#[derive(Clone)]
pub struct Jobs {
    running: Arc<Mutex<Running>>,
    tell: Arc<dyn Fn() + Send + Sync>,
}

#[derive(Default)]
struct Running {
    last: u32,
    jobs: Vec<Entry>,
}

struct Entry {
    view: JobView,
    shown: bool,
    stopped: Arc<AtomicBool>,
}

/// A job as it is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct JobView {
    /// Which.
    pub id: u32,
    /// What it does.
    pub kind: JobKind,
    /// Steps done.
    pub done: u32,
    /// Of so many; 0 where that is not known yet.
    pub of: u32,
}

/// What a job does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Backs up.
    BackUp,
    /// Writes a workspace into a file.
    Export,
    /// Reads a workspace from a file.
    Import,
    /// Moves a workspace to a team's service.
    Move,
    /// Runs the checks of a version that need the network.
    Check,
    /// Sends events to try an app with.
    TestEvents,
    /// Tries an app's sign-in.
    SignIn,
}

/// A job's own end of it. Dropped, the job is over.
pub struct Job {
    id: u32,
    jobs: Jobs,
    begun: Instant,
    told: Mutex<Instant>,
    stopped: Arc<AtomicBool>,
}

impl Jobs {
    /// None yet; `tell` is called when what is shown of them changed.
    pub fn new(tell: impl Fn() + Send + Sync + 'static) -> Self {
        Self { running: Arc::default(), tell: Arc::new(tell) }
    }

    /// Begins one.
    pub fn begin(&self, kind: JobKind) -> Job {
        let stopped = Arc::new(AtomicBool::new(false));
        let mut running = self.running();
        running.last += 1;
        let view = JobView { id: running.last, kind, done: 0, of: 0 };
        running.jobs.push(Entry { view, shown: false, stopped: stopped.clone() });
        let now = Instant::now();
        Job { id: view.id, jobs: self.clone(), begun: now, told: Mutex::new(now), stopped }
    }

    /// Those that take their time, oldest first.
    pub fn shown(&self) -> Vec<JobView> {
        self.running().jobs.iter().filter(|job| job.shown).map(|job| job.view).collect()
    }

    /// Asks one to stop; it does at its next step. Whether it was there.
    pub fn stop(&self, id: u32) -> bool {
        let running = self.running();
        let found = running.jobs.iter().find(|job| job.view.id == id);
        found.inspect(|job| job.stopped.store(true, Ordering::Relaxed)).is_some()
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Job {
    /// Says how far it is; whether it shall go on.
    pub fn step(&self, done: u32, of: u32) -> bool {
        self.step_at(done, of, Instant::now())
    }

    fn step_at(&self, done: u32, of: u32, now: Instant) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let show = now.duration_since(self.begun) >= QUIET;
        if let Some(job) = self.jobs.running().jobs.iter_mut().find(|job| job.view.id == self.id) {
            (job.view.done, job.view.of) = (done, of);
            job.shown |= show;
        }
        if show && now.duration_since(*told) >= PERIOD {
            *told = now;
            (self.jobs.tell)();
        }
        !self.stopped.load(Ordering::Relaxed)
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        let over = {
            let mut running = self.jobs.running();
            let at = running.jobs.iter().position(|job| job.view.id == self.id);
            at.map(|at| running.jobs.remove(at))
        };
        if over.is_some_and(|job| job.shown) {
            (self.jobs.tell)();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[test]
    fn a_job_is_shown_once_it_takes_its_time_stops_when_asked_and_is_gone_at_its_end() {
        let told = Arc::new(AtomicUsize::new(0));
        let jobs = Jobs::new({
            let told = told.clone();
            move || {
                told.fetch_add(1, Ordering::Relaxed);
            }
        });
        let job = jobs.begin(JobKind::BackUp);
        let at = |millis| job.begun + Duration::from_millis(millis);
        assert!(job.step_at(1, 4, at(500)));
        assert_eq!(
            (jobs.shown(), told.load(Ordering::Relaxed)),
            (vec![], 0),
            "over soon, for all that is known"
        );
        assert!(job.step_at(2, 4, at(1_000)));
        assert!(job.step_at(3, 4, at(1_100)));
        let shown = jobs.shown();
        assert_eq!(shown, [JobView { id: 1, kind: JobKind::BackUp, done: 3, of: 4 }]);
        assert_eq!(told.load(Ordering::Relaxed), 1, "not with every step");
        assert!(jobs.stop(1) && !jobs.stop(2));
        assert!(!job.step_at(4, 4, at(1_300)));
        drop(job);
        assert_eq!((jobs.shown(), told.load(Ordering::Relaxed)), (vec![], 3));

        drop(jobs.begin(JobKind::BackUp));
        assert_eq!(told.load(Ordering::Relaxed), 3, "what was never shown ends unseen");
    }
}
