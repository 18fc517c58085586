using System.CommandLine;
using Nashi.Cli.BlindPeers;
using Nashi.Cli.Chat;
using Nashi.Cli.Commands;

namespace Nashi.Cli;

/// <summary>All commands.</summary>
internal static class CommandTree
{
    // Time to say goodbye to peers after Ctrl-C; a second Ctrl-C ends the program at once.
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(10);

    /// <summary>Parses and runs a command line.</summary>
    public static Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors) => RunAsync(args, output, errors, Goodbye, CancellationToken.None);

    /// <summary>Runs a command line for another program: signals are this one's own.</summary>
    public static Task<int> RunForAnotherAsync(string[] args, TextWriter output, TextWriter errors, CancellationToken cancellationToken) =>
        RunAsync(args, output, errors, null, cancellationToken);

    private static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors, TimeSpan? goodbye, CancellationToken cancellationToken)
    {
        var host = new CommandHost(output, errors);
        // The program alone is a question: what can it do?
        var parsed = Build(host).Parse(args.Length == 0 ? ["--help"] : args);
        if (parsed.Errors.Count > 0) return host.ReportUsage(parsed);
        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = errors,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = goodbye,
        };
        return await parsed.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
    }

    private static RootCommand Build(CommandHost host)
    {
        var root = new RootCommand("Software that works without servers: share files, logs and pipes between peers, by link.");
        foreach (var option in CommonOptions.All) root.Options.Add(option);
        foreach (var command in Commands(host)) root.Subcommands.Add(command);
        return root;
    }

    private static IEnumerable<Command> Commands(CommandHost host) =>
    [
        DemoCommand.Build(host),
        ShareCommand.Build(host),
        GetCommand.Build(host),
        TouchCommand.Build(host),
        StageCommand.Build(host),
        SeedCommand.Build(host),
        DumpCommand.Build(host),
        InfoCommand.Build(host),
        DriveCommand.Build(host),
        CoreCommand.Build(host),
        PipeCommand.Build(host),
        ConnectCommand.Build(host),
        RelayCommand.Build(host),
        BlindPeerCommand.Build(host),
        TunnelCommand.Build(host),
        DoctorCommand.Build(host),
        DhtCommand.Build(host),
        ChatCommand.Build(host),
    ];
}
