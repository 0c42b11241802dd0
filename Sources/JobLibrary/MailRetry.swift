import Foundation
import KipCore

/// How long the office's mail is tried: for a day at least (RFC 5321, section 4.5.4.1, has a mailer try on, half an hour
/// apart and more, for days). What has not gone by then goes on paper.
enum MailRetry {
    /// The waits between attempts: soon after the first failure, then each hour.
    static let policy = RetryPolicy.list(
        [.seconds(2), .seconds(30), .seconds(120), .seconds(600), .seconds(1_800), .seconds(3_600)], jitter: 0.1)

    /// Attempts that last for more than a day, however the waits fall: the first 31 waits take 24 hours at the least.
    static let attempts = 33

    /// How long mail is tried.
    static let patience: Double = 86_400

    /// Whether mail that was first tried at a moment has had its day.
    static func isOver(since first: Date, now: Date = Date()) -> Bool {
        now.timeIntervalSince(first) >= patience
    }
}
