import Foundation

/// A folder in which bounces arrive: a Maildir, or `.eml` files.
public struct BounceReader: Sendable {
    /// A message may carry the whole of what bounced; what matters stands before it.
    private static let mostBytes = 1 << 20

    private let folder: String

    /// A reader.
    public init(folder: String) {
        self.folder = folder
    }

    /// The reports that lie in the folder, by the names of their files. Other mail is passed over; nothing is changed, so
    /// whoever acts on a report keeps in mind that it did, by `Bounce.file`.
    /// - Throws: `MailError.folder` where the folder cannot be read.
    public func bounces() throws(MailError) -> [Bounce] {
        try readings().compactMap { if case .report(let bounce) = $0 { bounce } else { nil } }
    }

    /// The reports that lie in the folder, those that a person must read among them.
    /// - Throws: `MailError.folder` where the folder cannot be read.
    public func readings() throws(MailError) -> [BounceReading] {
        var readings: [BounceReading] = []
        for file in try files() {
            guard let bytes = Self.head(of: file.path) else { continue }
            if let reading = BounceReading(bytes, file: file.name) { readings.append(reading) }
        }
        return readings
    }

    private func files() throws(MailError) -> [(name: String, path: String)] {
        let isMaildir = DurableFile.exists(folder + "/new") && DurableFile.exists(folder + "/cur")
        let folders = isMaildir ? ["\(folder)/new", "\(folder)/cur"] : [folder]
        var files: [(name: String, path: String)] = []
        for folder in folders {
            do {
                for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
                    guard isMaildir ? !name.hasPrefix(".") : name.hasSuffix(".eml") else { continue }
                    // A Maildir's names end with flags, which change: `:2,S`.
                    files.append((String(name.prefix { $0 != ":" }), "\(folder)/\(name)"))
                }
            } catch {
                throw .folder("\(folder): \(error)")
            }
        }
        return files.sorted { $0.name < $1.name }
    }

    /// Nil where somebody took it away meanwhile, or it is no file.
    private static func head(of path: String) -> [UInt8]? {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        guard let data = try? handle.read(upToCount: mostBytes) else { return nil }
        return Array(data)
    }
}
