import Foundation
import SwiftProtobuf
import Testing

/// Reads headers as an earlier version does, by the descriptor of its `kip.proto` and no generated code: fields that it does
/// not know are skipped, and counted.
struct EarlierReader {
    private let messages: [String: Google_Protobuf_DescriptorProto]
    private let enums: [String: Google_Protobuf_EnumDescriptorProto]

    /// What a header says: the path of each field, such as `enqueued.jobs.0.outcome`, and its value.
    struct Reading {
        var fields: [String: String] = [:]
        /// Fields and enum values that the earlier version has never heard of.
        var unknown: [String] = []

        /// The name of the body.
        var body: String? { fields.keys.filter { $0 != "request" }.min()?.split(separator: ".").first.map(String.init) }
    }

    init(_ revision: String = Corpus.first) throws {
        let text = try String(
            contentsOf: Corpus.folder(revision).appendingPathComponent("kip.descriptor"), encoding: .utf8)
        let bytes = try #require(Data(base64Encoded: text, options: .ignoreUnknownCharacters))
        let file = try #require(Google_Protobuf_FileDescriptorSet(serializedBytes: bytes).file.first)
        var (messages, enums) = (
            [String: Google_Protobuf_DescriptorProto](), [String: Google_Protobuf_EnumDescriptorProto]()
        )
        func add(_ message: Google_Protobuf_DescriptorProto, _ scope: String) {
            let name = "\(scope).\(message.name)"
            messages[name] = message
            for kind in message.enumType { enums["\(name).\(kind.name)"] = kind }
            for inner in message.nestedType { add(inner, name) }
        }
        for message in file.messageType { add(message, ".kip") }
        for kind in file.enumType { enums[".kip.\(kind.name)"] = kind }
        (self.messages, self.enums) = (messages, enums)
    }

    func read(_ header: [UInt8]) throws -> Reading {
        var reading = Reading()
        try read(header[...], ".kip.Header", "", &reading)
        return reading
    }

    private func read(_ bytes: ArraySlice<UInt8>, _ type: String, _ path: String, _ reading: inout Reading) throws {
        let message = try #require(messages[type])
        var (rest, counts) = (bytes, [Int32: Int]())
        while !rest.isEmpty {
            let tag = try Self.varint(&rest)
            let (number, wire) = (Int32(tag >> 3), tag & 7)
            let value = try Self.value(wire, &rest)
            guard let field = message.field.first(where: { $0.number == number }) else {
                reading.unknown.append("\(path)\(number)")
                continue
            }
            // Enums and numbers of a list lie together.
            for value in field.isPacked(wire) ? try Self.unpacked(value) : [value] {
                var place = path + field.name
                if field.label == .repeated {
                    place += ".\(counts[number, default: 0])"
                    counts[number, default: 0] += 1
                }
                try read(value, of: field, place, &reading)
            }
        }
        if bytes.isEmpty, !path.isEmpty { reading.fields[String(path.dropLast())] = "{}" }
    }

    private func read(
        _ value: ArraySlice<UInt8>, of field: Google_Protobuf_FieldDescriptorProto, _ place: String,
        _ reading: inout Reading
    ) throws {
        switch field.type {
        case .message: try read(value, field.typeName, place + ".", &reading)
        case .string: reading.fields[place] = String(decoding: value, as: UTF8.self)
        case .bytes: reading.fields[place] = Data(value).base64EncodedString()
        case .double:
            var bits: UInt64 = 0
            for byte in value.reversed() { bits = bits << 8 | UInt64(byte) }
            reading.fields[place] = "\(Double(bitPattern: bits))"
        case .enum:
            let number = Int32(truncatingIfNeeded: try Self.number(value))
            let known = try #require(enums[field.typeName]).value.first { $0.number == number }
            if known == nil { reading.unknown.append("\(place)=\(number)") }
            reading.fields[place] = known?.name ?? "\(number)"
        default: reading.fields[place] = "\(Int64(bitPattern: try Self.number(value)))"
        }
    }

    // MARK: The wire format of protobuf

    private static func value(_ wire: UInt64, _ rest: inout ArraySlice<UInt8>) throws -> ArraySlice<UInt8> {
        let start = rest
        switch wire {
        case 0:
            _ = try varint(&rest)
            return start[..<rest.startIndex]
        case 1: return try take(8, &rest)
        case 2: return try take(Int(varint(&rest)), &rest)
        default: return try take(4, &rest)
        }
    }

    private static func take(_ count: Int, _ rest: inout ArraySlice<UInt8>) throws -> ArraySlice<UInt8> {
        try #require(rest.count >= count)
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private static func number(_ value: ArraySlice<UInt8>) throws -> UInt64 {
        var rest = value
        return try varint(&rest)
    }

    private static func unpacked(_ value: ArraySlice<UInt8>) throws -> [ArraySlice<UInt8>] {
        var (rest, parts) = (value, [ArraySlice<UInt8>]())
        while !rest.isEmpty { parts.append(try Self.value(0, &rest)) }
        return parts
    }

    static func varint(_ rest: inout ArraySlice<UInt8>) throws -> UInt64 {
        var (number, shift): (UInt64, UInt64) = (0, 0)
        while true {
            guard let byte = rest.popFirst() else { throw Unexpected(what: "the bytes end in a number") }
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
    }
}

extension Google_Protobuf_FieldDescriptorProto {
    fileprivate func isPacked(_ wire: UInt64) -> Bool {
        wire == 2 && label == .repeated && ![.message, .string, .bytes].contains(type)
    }
}
