using Nashi.TestKit;

namespace Nashi.Cli.Tests.Chat;

/// <summary><c>nashi chat</c> as users run it.</summary>
public sealed class ChatCommandTests
{
    [Fact]
    public async Task Chat_TwoProfiles_InviteJoinSendAndRemove()
    {
        await using var network = await SmallNetwork.StartAsync();
        using var ada = await ChatPerson.MakeAsync("Ada", network.Bootstrap);
        using var bob = await ChatPerson.MakeAsync("Bob", network.Bootstrap);
        _ = await ada.RunAsync("create", "family");
        await using var serving = ada.Start("serve");
        _ = await serving.NextAsync("serving");

        // These commands run in the program that has the profile open.
        var link = (await ada.RunAsync("invite", "family")).GetProperty("link").GetString()!;
        Assert.Equal("family", (await bob.RunAsync("join", link)).GetProperty("name").GetString());
        Assert.Equal("Bob", (await serving.NextAsync("joined")).GetProperty("name").GetString());

        await using var tail = bob.Start("tail", "family", "-f");
        var sent = await ada.RunAsync("send", "family", "hello");
        Assert.Equal(1, sent.GetProperty("delivery").GetProperty("members").GetInt32());
        Assert.Equal("hello", (await tail.NextAsync("message")).GetProperty("text").GetString());

        var bytes = new byte[300_000];
        new SeededRandom(5).Fill(bytes);
        await File.WriteAllBytesAsync(Path.Combine(ada.Folder, "cat.jpg"), bytes);
        _ = await ada.RunAsync("send", "family", "my cat", "--file", Path.Combine(ada.Folder, "cat.jpg"));
        Assert.Equal("cat.jpg", (await tail.NextAsync("message")).GetProperty("files")[0].GetProperty("name").GetString());
        _ = await bob.RunAsync("save", "family", "cat.jpg", bob.Folder);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(bob.Folder, "cat.jpg")));

        // Who is removed is shut out at once: nothing that is written from then on comes to him.
        _ = await ada.RunAsync("remove", "family", "Bob");
        while ((await tail.NextAsync("peers")).GetProperty("count").GetInt32() > 0)
        {
            // Those who came before.
        }

        _ = await ada.RunAsync("send", "family", "without Bob", "--wait", "0s");
        Assert.Equal(1, (await ada.RunAsync("members", "family")).GetProperty("members").GetInt32());
        Assert.DoesNotContain("without Bob", await bob.ReadAsync("history", "family"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_Alone_KeepsWhatWasSentAndShowsItSafely()
    {
        using var ada = await ChatPerson.MakeAsync("Ada\u001b[31m");
        _ = await ada.RunAsync("create", "notes");
        var sent = await ada.RunAsync("send", "notes", "one\u001b[2J\ntwo \u202ereversed", "--wait", "0s");
        Assert.True(sent.GetProperty("delivery").GetProperty("saved").GetBoolean());

        var history = await ada.ReadAsync("history", "notes");

        Assert.Contains("one\ufffd[2J\n      two \ufffdreversed  [saved here]", history, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', history);
        Assert.Equal(1, (await ada.RunAsync("rooms")).GetProperty("rooms").GetInt32());
        Assert.Equal("ROOM_NOT_FOUND", await ada.FailAsync("history", "elsewhere"));
        Assert.Equal("ERR_INVALID_INPUT", await ada.FailAsync("join", "nashi://join/nonsense"));
    }

    [Fact]
    public async Task Chat_OnDisk_ShowsNothingReadable()
    {
        const string Marker = "MARKER-that-nobody-writes";
        using var ada = await ChatPerson.MakeAsync(Marker + "-name");
        _ = await ada.RunAsync("create", Marker + "-room");
        await File.WriteAllTextAsync(Path.Combine(ada.Folder, Marker + ".txt"), string.Concat(Enumerable.Repeat(Marker + "-file ", 1000)));
        _ = await ada.RunAsync("send", Marker + "-room", Marker + "-text", "--file", Path.Combine(ada.Folder, Marker + ".txt"), "--wait", "0s");
        foreach (var path in Directory.EnumerateFileSystemEntries(ada.Storage, "*", SearchOption.AllDirectories))
        {
            Assert.DoesNotContain(Marker, path, StringComparison.Ordinal);
            if (File.Exists(path)) Assert.DoesNotContain(Marker, System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(path)), StringComparison.Ordinal);
        }

        if (OperatingSystem.IsWindows()) return;
        var chat = Path.Combine(ada.Storage, "chat");
        Assert.Equal("700", Convert.ToString((int)File.GetUnixFileMode(chat), 8));
        foreach (var file in Directory.GetFiles(chat)) Assert.Equal("600", Convert.ToString((int)File.GetUnixFileMode(file), 8));
    }

    [Fact]
    public async Task Chat_Passphrase_OpensAndChanges()
    {
        using var ada = await ChatPerson.MakeAsync("Ada");
        Assert.Equal("ERR_PROFILE_EXISTS", await ada.FailAsync("init"));
        var next = Path.Combine(ada.Folder, "next");
        await File.WriteAllTextAsync(next, "battery staple");
        _ = await ada.RunAsync("passphrase", "--new-passphrase-file", next);
        Assert.Equal("ERR_WRONG_PASSPHRASE", await ada.FailAsync("rooms"));
        File.Move(next, ada.PassphraseFile, overwrite: true);
        Assert.Equal(0, (await ada.RunAsync("rooms")).GetProperty("rooms").GetInt32());
    }

    [Fact]
    public async Task Chat_Phrase_MakesTheSamePersonElsewhere()
    {
        using var folder = new TempFolder();
        var pass = Path.Combine(folder.Path, "pass");
        await File.WriteAllTextAsync(pass, "correct horse");
        var made = await NashiProcess.RunAsync("chat", "init", "--name", "Ada", "--storage", Path.Combine(folder.Path, "1"), "--passphrase-file", pass);
        var phrase = Path.Combine(folder.Path, "phrase");
        await File.WriteAllTextAsync(phrase, made.GetProperty("phrase").GetString());
        var restored = await NashiProcess.RunAsync("chat", "restore", "--phrase-file", phrase, "--storage", Path.Combine(folder.Path, "2"), "--passphrase-file", pass);
        Assert.Equal(made.GetProperty("identity").GetString(), restored.GetProperty("identity").GetString());
        Assert.NotEqual(made.GetProperty("device").GetString(), restored.GetProperty("device").GetString());
        Assert.False(restored.TryGetProperty("phrase", out _));
    }
}
