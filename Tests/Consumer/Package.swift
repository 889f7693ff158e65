// swift-tools-version: 6.2
import PackageDescription

// A user of the library, as small as one can be. check.sh builds and runs it.
let package = Package(
    name: "consumer",
    dependencies: [.package(name: "nightjar", path: "../..")],
    targets: [.executableTarget(name: "Consumer", dependencies: [.product(name: "Nightjar", package: "nightjar")])]
)
