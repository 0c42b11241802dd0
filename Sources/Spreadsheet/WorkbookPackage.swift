import ZipArchive

/// The parts of a workbook's file and how they refer to each other (ECMA-376 part 2).
struct WorkbookPackage: ~Copyable {
    struct Relationship {
        let identifier: String
        /// The last part of its type, such as `worksheet`: what stands before differs between the two editions of the standard.
        let kind: String
        let target: String
    }

    private let zip: ZipReader
    /// The names in the zip file by the names of the parts: letters of either case are the same, and some programs write `\`.
    private let names: [String: String]
    private let limit: Int

    init(_ file: [UInt8], limit: Int) throws(SpreadsheetError) {
        try FileSignature.check(file)
        do throws(ZipError) {
            zip = try ZipReader(file)
        } catch {
            throw .notAWorkbook(error.description)
        }
        names = Dictionary(zip.names.map { (Self.key($0), $0) }) { first, _ in first }
        self.limit = limit
    }

    private static func key(_ name: String) -> String {
        let slashes = name.contains("\\") ? String(name.map { $0 == "\\" ? "/" : $0 }) : name
        return (slashes.hasPrefix("/") ? String(slashes.dropFirst()) : slashes).lowercased()
    }

    /// A part, unpacked; nil = there is none.
    func part(_ path: String) throws(SpreadsheetError) -> [UInt8]? {
        guard let name = names[Self.key(path)] else { return nil }
        do throws(ZipError) {
            return try zip.read(name, limit: limit)
        } catch {
            switch error {
            case .tooLarge: throw .tooLarge("“\(path)” unpacks to more than \(limit) bytes")
            case .broken(let reason), .notWritten(let reason): throw .damaged(part: path, row: nil, reason: reason)
            }
        }
    }

    /// Where the workbook itself stands.
    func workbookPath() throws(SpreadsheetError) -> String {
        if let mimetype = try part("mimetype"), String(decoding: mimetype, as: UTF8.self).contains("opendocument") {
            throw .otherFormat("an OpenDocument file")
        }
        let main = try relationships(of: "").first { $0.kind == "officeDocument" }?.target ?? "xl/workbook.xml"
        if main.hasSuffix(".bin") { throw .otherFormat("a binary .xlsb workbook") }
        if names[Self.key(main)] == nil { throw .notAWorkbook("it is a zip file of other things") }
        return main
    }

    /// What a part refers to within the file.
    func relationships(of path: String) throws(SpreadsheetError) -> [Relationship] {
        let folder = path.split(separator: "/").dropLast().map(String.init)
        let own = path.split(separator: "/").last ?? ""
        let table = (folder + ["_rels", own + ".rels"]).joined(separator: "/")
        guard let bytes = try part(table) else { return [] }
        do throws(PartFault) {
            return try Self.relationships(bytes, folder)
        } catch {
            throw error.error(in: table)
        }
    }

    private static func relationships(_ bytes: [UInt8], _ folder: [String]) throws(PartFault) -> [Relationship] {
        var scanner = try XMLScanner(bytes)
        var result: [Relationship] = []
        try scanner.enterRoot()
        while try scanner.enterChild() {
            if let identifier = try scanner.attributeText("Id"), let type = try scanner.attributeText("Type"),
                let target = try scanner.attributeText("Target"),
                try scanner.attributeText("TargetMode") != "External"
            {
                result.append(
                    Relationship(
                        identifier: identifier, kind: type.split(separator: "/").last.map(String.init) ?? "",
                        target: resolved(target, folder)))
            }
            try scanner.skip()
        }
        try scanner.finish()
        return result
    }

    /// A target from a folder, as in web addresses.
    private static func resolved(_ target: String, _ folder: [String]) -> String {
        var path = target.hasPrefix("/") ? [] : folder
        for step in target.split(separator: "/") where step != "." {
            if step == ".." { _ = path.popLast() } else { path.append(String(step)) }
        }
        return path.joined(separator: "/")
    }
}
