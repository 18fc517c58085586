using System.CommandLine;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi core</c>: single append-only logs.</summary>
internal static class CoreCommand
{
    public static Command Build(CommandHost host)
    {
        var command = new Command("core", "Signed append-only logs (hypercores)");
        command.Subcommands.Add(CoreCreateCommand.Build(host));
        command.Subcommands.Add(CoreAppendCommand.Build(host));
        command.Subcommands.Add(CoreGetCommand.Build(host));
        command.Subcommands.Add(CoreCatCommand.Build(host));
        command.Subcommands.Add(CoreInfoCommand.Build(host));
        command.Subcommands.Add(CoreSeedCommand.Build(host));
        command.Subcommands.Add(CoreCloneCommand.Build(host));
        return command;
    }

    /// <summary>The argument that names a core.</summary>
    public static Argument<string> KeyArgument() => new("key") { Description = "The core's key: z-base-32, hex, or a link" };
}
