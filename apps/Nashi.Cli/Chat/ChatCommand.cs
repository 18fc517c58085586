using System.CommandLine;
using Nashi.Cli.Chat.Commands;

namespace Nashi.Cli.Chat;

/// <summary><c>nashi chat</c>: conversations; alone, the full-screen client.</summary>
internal static class ChatCommand
{
    public static Command Build(CommandHost host)
    {
        var command = new Command("chat", "Conversations without servers: rooms of people, messages, files; alone, in the full screen")
        {
            InitCommand.Build(host),
            RestoreCommand.Build(host),
            PassphraseCommand.Build(host),
            CreateCommand.Build(host),
            InviteCommand.Build(host),
            JoinCommand.Build(host),
            RoomsCommand.Build(host),
            MembersCommand.Build(host),
            SendCommand.Build(host),
            TailCommand.Build(host),
            HistoryCommand.Build(host),
            SaveCommand.Build(host),
            RemoveCommand.Build(host),
            LeaveCommand.Build(host),
            ServeCommand.Build(host),
        };
        command.Options.Add(ChatLine.PassphraseFile);
        command.Options.Add(ChatLine.BlindPeer);
        host.Handle(command, ChatApp.RunAsync);
        return command;
    }
}
