// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// Warnings stop the build in CI (`KIP_WARNINGS_AS_ERRORS=1`), not at a developer's desk.
let strict = ProcessInfo.processInfo.environment["KIP_WARNINGS_AS_ERRORS"] == "1"
let settings: [SwiftSetting] = strict ? [.treatAllWarnings(as: .error)] : []

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let collections = Target.Dependency.product(name: "Collections", package: "swift-collections")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let metricsTestKit = Target.Dependency.product(name: "MetricsTestKit", package: "swift-metrics")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func room(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
    name: "kip",
    products: [
        .executable(name: "kip", targets: ["kip"]),
        .executable(name: "kip-simulate", targets: ["kip-simulate"]),
        .executable(name: "kip-roofline", targets: ["kip-roofline"]),
        .executable(name: "kip-cost", targets: ["kip-cost"]),
        .library(name: "Kip", targets: ["KipCore", "KipClient", "KipWorker"]),
        .library(name: "KipTesting", targets: ["KipTesting"]),
        .library(name: "KipMetrics", targets: ["KipMetrics"]),
        .library(name: "KipTracing", targets: ["KipTracing"]),
        .library(name: "KipEncryption", targets: ["KipEncryption"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CZeroMQ", pkgConfig: "libzmq", providers: [.apt(["libzmq3-dev"])]),
        .systemLibrary(
            name: "CPangoCairo", pkgConfig: "pangocairo", providers: [.apt(["libpango1.0-dev", "libcairo2-dev"])]),
        .target(name: "CPDFCompression", linkerSettings: [.linkedLibrary("z")]),
        .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CXlsxWriter", pkgConfig: "xlsxwriter", providers: [.apt(["libxlsxwriter-dev"])]),

        room("ZeroMQ", ["CZeroMQ"]),
        room("KipCore", [logging, protobuf], exclude: ["Wire/kip.proto"]),
        room("DurableFiles", []),
        room("HashChain", ["DurableFiles", crypto]),
        room("KipStore", ["DurableFiles", "HashChain", "KipCore", grdb, grdbSQLite]),
        room(
            "KipBroker",
            ["DurableFiles", "HashChain", "KipCore", "KipStore", "ZeroMQ", collections, logging, lifecycle]),
        room("KipClient", ["KipCore", "ZeroMQ", collections, logging]),
        room("KipWorker", ["KipCore", "ZeroMQ", collections, logging, lifecycle]),

        room("KipMetrics", ["KipCore", "KipWorker", metrics]),
        room("KipTracing", ["KipCore", "KipWorker", tracing]),
        room("KipEncryption", ["DurableFiles", "KipCore", crypto]),

        room("KipTesting", ["KipCore", "KipWorker", logging]),
        room(
            "KipSimulation", ["HashChain", "KipBroker", "KipClient", "KipCore", "KipStore", "KipWorker", collections]),
        .executableTarget(
            name: "kip-simulate", dependencies: ["KipSimulation", argumentParser], swiftSettings: settings),
        .executableTarget(
            name: "kip-roofline", dependencies: ["CZeroMQ"], linkerSettings: [.linkedLibrary("sqlite3")]),

        .target(name: "CCost"),
        .executableTarget(
            name: "kip-cost", dependencies: ["CCost", "KipBroker", "KipClient", "KipWorker", argumentParser],
            swiftSettings: settings),

        room("CheckedYAML", [yams]),
        room("ZipArchive", ["CZip"]),
        room("Spreadsheet", ["CXlsxWriter", "ZipArchive"]),
        room("Office", ["CheckedYAML", "DurableFiles", "HashChain", "Spreadsheet", grdb]),
        room("OfficeDocuments", ["CPangoCairo", "CPDFCompression", "DurableFiles", "ZipArchive", mustache]),
        room("OfficeMail", ["CCurl", "DurableFiles", "HashChain"]),

        room(
            "JobLibrary",
            ["CheckedYAML", "KipCore", "KipWorker", "Office", "OfficeDocuments", "OfficeMail", "Spreadsheet"]),
        .executableTarget(
            name: "kip",
            dependencies: [
                "CheckedYAML", "DurableFiles", "HashChain", "JobLibrary", "KipBroker", "KipClient", "KipEncryption",
                "KipStore",
                "KipWorker",
                "Office", "OfficeDocuments", "Spreadsheet", "ZeroMQ",
                argumentParser, logging, lifecycle,
                unixSignals,
            ],
            swiftSettings: settings),

        .executableTarget(
            name: "kip-letter-speed",
            dependencies: [
                "CPangoCairo", "CPDFCompression", "JobLibrary", "Office", "OfficeDocuments", argumentParser,
            ],
            swiftSettings: settings),

        tests("ZeroMQTests", ["ZeroMQ", "CZeroMQ"]),
        tests("KipCoreTests", ["KipCore"]),
        .testTarget(
            name: "KipStoreTests", dependencies: ["DurableFiles", "HashChain", "KipStore", grdb],
            exclude: ["Databases"],
            swiftSettings: settings),
        tests("KipBrokerTests", ["KipBroker", "KipStore", "KipCore", grdb]),

        tests("KipSimulationTests", [grdb, "KipSimulation", "KipStore", "OwnThread"]),
        tests("KipClientTests", ["KipClient", "KipCore"]),
        tests("KipWorkerTests", ["HashChain", "KipBroker", "KipClient", "KipWorker", "ZeroMQ", lifecycle]),

        tests(
            "KipMiddlewareTests",
            [
                "KipBroker", "KipClient", "KipEncryption", "KipMetrics", "KipTesting", "KipTracing", "KipWorker",
                logging,
                metricsTestKit,
            ]),
        .testTarget(
            name: "UpgradeTests", dependencies: ["KipBroker", "KipClient", "KipCore", "KipWorker", "ZeroMQ", protobuf],
            exclude: ["Corpus"], swiftSettings: settings),
        tests("KipTestingTests", ["KipTesting", "KipWorker", "KipCore"]),
        tests("ZipArchiveTests", ["ZipArchive"]),
        tests("SpreadsheetTests", ["OwnThread", "Spreadsheet", "ZipArchive"]),
        .testTarget(
            name: "OfficeTests", dependencies: ["CheckedYAML", "Office", "OwnThread", "ZipArchive", grdb],
            exclude: ["Deadlines/phrases.tsv", "Figures/naive_report.py", "Tables/make_tables.py"],
            swiftSettings: settings),
        tests("OfficeDocumentsTests", ["CPangoCairo", "OfficeDocuments", "OwnThread", "ZipArchive"]),
        .testTarget(
            name: "OfficeMailTests", dependencies: ["OfficeMail", "OwnThread"], exclude: ["Server", "Bounces"],
            swiftSettings: settings),
        tests("JobLibraryTests", ["JobLibrary", "KipTesting", "Spreadsheet", "ZipArchive", grdb]),

        .testTarget(
            name: "FuzzTests",
            dependencies: [
                "kip", "KipBroker", "KipCore", "Office", "OfficeMail", "OwnThread", "Spreadsheet", "ZipArchive",
            ],
            exclude: ["Corpus"], swiftSettings: settings),
        tests("SystemTests", ["kip", "ExampleWorker", "FaultyWorker", "KipClient", "KipCore", "OwnThread"]),
        .target(name: "OwnThread", path: "Tests/OwnThread", swiftSettings: settings),
        .executableTarget(
            name: "FaultyWorker", dependencies: ["KipWorker"], path: "Tests/FaultyWorker", swiftSettings: settings),
        .executableTarget(
            name: "ExampleWorker", dependencies: ["KipWorker"], path: "Tests/ExampleWorker", swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
