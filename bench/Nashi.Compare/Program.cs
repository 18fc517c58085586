using Nashi.Compare;

// Our side of bench/compare: the same programs and arguments as js/*.cjs, and the same JSON lines.
var options = Options.Parse(args);
return options.Program switch
{
    "stream" => await StreamProgram.RunAsync(options),
    "connect" => await ConnectProgram.RunAsync(options),
    "dht" => await DhtProgram.RunAsync(options),
    "core" => await CoreProgram.RunAsync(options),
    "bee" => await BeeProgram.RunAsync(options),
    "base" => await BaseProgram.RunAsync(options),
    "replicate" => await ReplicateProgram.RunAsync(options),
    "drive" => await DriveProgram.RunAsync(options),
    "tcprelay" => await TcpRelayProgram.RunAsync(options),
    _ => 2,
};
