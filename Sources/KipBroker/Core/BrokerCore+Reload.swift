import KipCore
import KipStore

extension BrokerCore {
    /// Takes up settings that may change while the broker runs.
    mutating func reload(_ settings: BrokerSettings.Reloadable, at now: Timestamp) {
        self.settings.reloadable = settings
        mustRecountSchedules = true
        recountSchedules(at: now)
    }

    /// Counts the next times of working-day rules by the days off that are known now, also on disk, where lists are read.
    /// A change of schedules that is not yet on disk comes first: what is written here is the whole definition.
    mutating func recountSchedules(at now: Timestamp) {
        guard !isChangingSchedules else { return }
        mustRecountSchedules = false
        for index in schedules.indices {
            let recounted = schedules[index].recounted(at: now, by: settings.workingDays)
            guard recounted != schedules[index] else { continue }
            schedules[index] = recounted
            batch.append(.storeSchedule(recounted.stored))
        }
    }

    private var isChangingSchedules: Bool {
        (takenPromises + [promises]).contains { promises in
            promises.continuations.contains {
                switch $0 {
                case .schedulesApplied, .schedulePaused: true
                default: false
                }
            }
        }
    }
}
