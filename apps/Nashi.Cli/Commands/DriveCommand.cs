using System.CommandLine;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi drive</c>: the files of a drive, one by one.</summary>
internal static class DriveCommand
{
    public static Command Build(CommandHost host)
    {
        var command = new Command("drive", "The files of a drive: list, read, write, compare, follow, serve (hyperdrives)");
        command.Subcommands.Add(DriveLsCommand.Build(host));
        command.Subcommands.Add(DriveCatCommand.Build(host));
        command.Subcommands.Add(DrivePutCommand.Build(host));
        command.Subcommands.Add(DriveRmCommand.Build(host));
        command.Subcommands.Add(DriveDiffCommand.Build(host));
        command.Subcommands.Add(DriveHistoryCommand.Build(host));
        command.Subcommands.Add(DriveMirrorCommand.Build(host));
        command.Subcommands.Add(DriveWatchCommand.Build(host));
        command.Subcommands.Add(DriveServeCommand.Build(host));
        command.Subcommands.Add(DriveSyncCommand.Build(host));
        return command;
    }
}
