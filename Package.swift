// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "shopledger",
  products: [
    .executable(name: "shopledger", targets: ["shopledger"]),
    .library(name: "Ledger", targets: ["Ledger"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
    .target(name: "LMDB", dependencies: ["CLMDB"]),
    .target(
      name: "EventLog",
      dependencies: ["LMDB", .product(name: "Crypto", package: "swift-crypto")]
    ),
    .target(name: "JSON"),
    .target(name: "Marketplace", dependencies: ["JSON"], exclude: ["Record/events.proto"]),
    .target(name: "Projectors", dependencies: ["Marketplace", "JSON"]),
    .target(name: "Projections", dependencies: ["EventLog", "LMDB", "Marketplace", "Projectors"]),
    .target(
      name: "Ledger",
      dependencies: [
        "EventLog", "JSON", "LMDB", "Marketplace", "Projections", "Projectors",
        .product(name: "CoreMetrics", package: "swift-metrics"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
      ]
    ),
    .target(
      name: "WebPage",
      dependencies: [
        "JSON", "Ledger", "Marketplace",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Mustache", package: "swift-mustache"),
        .product(name: "NIOCore", package: "swift-nio"),
      ],
      resources: [.embedInCode("Resources")]
    ),
    .target(
      name: "HTTPAPI",
      dependencies: [
        "JSON", "Ledger", "Marketplace", "WebPage",
        .product(name: "CoreMetrics", package: "swift-metrics"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      resources: [.embedInCode("Resources")]
    ),
    .executableTarget(
      name: "shopledger",
      dependencies: [
        "HTTPAPI", "JSON", "Ledger", "Marketplace",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ]
    ),
    .systemLibrary(name: "CEpoll", path: "tools/CEpoll"),
    .executableTarget(
      name: "Benchmark",
      dependencies: [
        "CEpoll", "CLMDB", "EventLog", "JSON", "Ledger", "Marketplace", "Projectors",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      path: "tools/Benchmark",
      exclude: ["bare-lmdb.c"]
    ),
    .executableTarget(
      name: "Simulation",
      dependencies: [
        "CLMDB", "EventLog", "Ledger", "Marketplace", "Projections", "Projectors", "TestSupport",
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "tools/Simulation"
    ),
    .target(
      name: "TestSupport",
      dependencies: ["Marketplace", "Projectors"],
      path: "Tests/TestSupport"
    ),
    .testTarget(name: "LMDBTests", dependencies: ["LMDB"]),
    .testTarget(name: "EventLogTests", dependencies: ["EventLog", "LMDB", "TestSupport"]),
    .testTarget(name: "JSONTests", dependencies: ["JSON"]),
    .testTarget(name: "MarketplaceTests", dependencies: ["Marketplace", "JSON", "TestSupport"]),
    .testTarget(
      name: "ProjectorsTests",
      dependencies: ["Projectors", "Marketplace", "JSON", "TestSupport"]
    ),
    .testTarget(
      name: "ProjectionsTests",
      dependencies: ["Projections", "Projectors", "EventLog", "LMDB", "Marketplace"]
    ),
    .testTarget(
      name: "LedgerTests",
      dependencies: [
        "EventLog", "JSON", "LMDB", "Ledger", "Marketplace", "Projections", "Projectors",
        "TestSupport",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
      ]
    ),
    .testTarget(name: "WebPageTests", dependencies: ["JSON", "TestSupport", "WebPage"]),
    .testTarget(
      name: "ServerTests",
      dependencies: [
        "EventLog", "HTTPAPI", "JSON", "LMDB", "Ledger", "Marketplace", "shopledger",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
      ]
    ),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
  var settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
  ]
  if target.name == "LMDB" {
    settings.append(.strictMemorySafety())
  }
  target.swiftSettings = settings
}
