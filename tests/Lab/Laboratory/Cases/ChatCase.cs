using System.Security.Cryptography;
using Nashi.Laboratory.Kernel;
using Nashi.Laboratory.Links;
using Nashi.Laboratory.Peers;
using Nashi.Laboratory.Topology;

namespace Nashi.Laboratory.Cases;

/// <summary>A conversation: three members behind three routers, files, a day away, a creator who is gone, a member who is removed. Each step is one command.</summary>
internal static class ChatCase
{
    private const string Room = "family";
    private const int FileBytes = 3 << 20;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(Lab lab)
    {
        var program = Path.Combine(PeerPrograms.Root, "artifacts/bin/Nashi.Cli/release/nashi");
        // Builds it when its sources changed.
        _ = Shell.FeedHere(Path.Combine(PeerPrograms.Root, "nashi"), ["--version"], "");
        var folder = Directory.CreateTempSubdirectory("nashi-lab-chat-").FullName;
        var transcript = new Transcript();
        try
        {
            await using var stage = await Stage.OpenAsync(lab.Programs, Side.Ours, null, lab.Cancelled);
            using var home = stage.Internet.AddSite(new SitePlan(SiteKind.Parse("linux"), LinkModel.Delayed(15), 11));
            using var office = stage.Internet.AddSite(new SitePlan(SiteKind.Parse("port"), LinkModel.Delayed(25), 12));
            using var cafe = stage.Internet.AddSite(new SitePlan(SiteKind.Parse("addr"), LinkModel.Delayed(40), 13));
            Person At(string name, Host host) => new(name, host, program, stage.Bootstrap, folder, transcript);
            await using var keeper = At("keeper", stage.Internet.Relay);
            await using var ada = At("ada", home.Hosts[0]);
            await using var bob = At("bob", office.Hosts[0]);
            await using var cleo = At("cleo", cafe.Hosts[0]);
            await new Story(lab, transcript, keeper, ada, bob, cleo).PlayAsync();
        }
        finally
        {
            if (lab.Options.Record is { } page) transcript.WriteInto(page);
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Story(Lab lab, Transcript transcript, Person keeper, Person ada, Person bob, Person cleo)
    {
        private string[] _blind = [];

        public async Task PlayAsync()
        {
            await BlindPeerAsync();
            transcript.Head("Three people make profiles; Ada makes a room and stays online");
            foreach (var person in (Person[])[ada, bob, cleo]) Check($"{person.Name} makes a profile", await person.TypeAsync(lab.Cancelled, ["chat", "init", "--name", person.Name, .. _blind]));
            Check("Ada makes a room", await ada.TypeAsync(lab.Cancelled, "chat", "create", Room));
            await ServeAsync(ada);
            await EnterAsync();
            await FilesAsync();
            await AwayAsync();
            await CreatorGoneAsync();
            await RemovedAsync();
        }

        private async Task BlindPeerAsync()
        {
            transcript.Head("Somebody keeps a blind peer on a public host");
            keeper.Stay("blind-peer");
            if (!await keeper.HearsAsync("Clients can find it", lab.Cancelled)) throw new LabException($"the blind peer did not begin: {keeper.Heard}");
            var key = keeper.Heard.Split((char[])[' ', ':', '\n'], StringSplitOptions.RemoveEmptyEntries).First(word => word.Length == 52);
            _blind = ["--blind-peer", key];
        }

        private async Task EnterAsync()
        {
            transcript.Head("Bob and Cleo enter, by a link each");
            foreach (var (person, role) in ((Person, string)[])[(bob, "admin"), (cleo, "member")])
            {
                var invited = await ada.TypeAsync(lab.Cancelled, "chat", "invite", Room, "--role", role);
                Check($"Ada invites {person.Name}", invited);
                Check($"{person.Name} enters", await person.TypeAsync(lab.Cancelled, "chat", "join", invited.Word("nashi://")), $"You are in {Room}");
                await ServeAsync(person);
            }
        }

        private async Task FilesAsync()
        {
            transcript.Head("They talk, and send a file");
            Check("Ada says hello", await ada.TypeAsync(lab.Cancelled, "chat", "send", Room, "Hello, both of you!"), "On ");
            Check("Bob hears it", await bob.HearsAsync("Hello, both of you!", lab.Cancelled));
            Check("Cleo hears it", await cleo.HearsAsync("Hello, both of you!", lab.Cancelled));
            var picture = Path.Combine(bob.Folder, "picture.jpg");
            Directory.CreateDirectory(bob.Folder);
            var bytes = new byte[FileBytes];
            new Random(7).NextBytes(bytes);
            await File.WriteAllBytesAsync(picture, bytes, lab.Cancelled);
            Check("Bob sends a file", await bob.TypeAsync(lab.Cancelled, "chat", "send", Room, "Look at this", "--file", "picture.jpg"), "On ");
            Check("Cleo is told of it", await cleo.HearsAsync("picture.jpg", lab.Cancelled));
            Check("Cleo saves it", await cleo.TypeAsync(lab.Cancelled, "chat", "save", Room, "picture.jpg"));
            var saved = Path.Combine(cleo.Folder, "picture.jpg");
            var arrived = File.Exists(saved) ? await File.ReadAllBytesAsync(saved, lab.Cancelled) : [];
            Check("It is the same file", SHA256.HashData(bytes).AsSpan().SequenceEqual(SHA256.HashData(arrived)));
        }

        private async Task AwayAsync()
        {
            transcript.Head("Cleo closes her laptop for a day; what she missed comes from a blind peer when nobody else is there");
            await cleo.GoAsync();
            Check("Bob writes meanwhile", await bob.TypeAsync(lab.Cancelled, "chat", "send", Room, "Cleo will read this tomorrow"), "On ");
            await LabClock.WaitAsync(Quiet, lab.Cancelled);
            await ada.GoAsync();
            await bob.GoAsync();
            Check("Cleo catches up through the blind peer alone", await cleo.TypeAsync(lab.Cancelled, "chat", "tail", Room, "--wait", "60s"), "Cleo will read this tomorrow");
            await ServeAsync(bob);
            await ServeAsync(cleo);
        }

        private async Task CreatorGoneAsync()
        {
            transcript.Head("Ada's laptop falls into the sea; the room goes on");
            await ada.GoAsync();
            Directory.Delete(ada.Folder, recursive: true);
            Check("Bob writes without the creator", await bob.TypeAsync(lab.Cancelled, "chat", "send", Room, "Is anybody here?"), "On ");
            Check("Cleo hears it", await cleo.HearsAsync("Is anybody here?", lab.Cancelled));
            Check("Cleo answers", await cleo.TypeAsync(lab.Cancelled, "chat", "send", Room, "I am."), "On ");
            Check("Bob hears it", await bob.HearsAsync("cleo: I am.", lab.Cancelled));
        }

        private async Task RemovedAsync()
        {
            transcript.Head("Bob removes Cleo: she learns nothing more");
            Check("Bob removes Cleo", await bob.TypeAsync(lab.Cancelled, "chat", "remove", Room, "cleo"), "is removed");
            Check("Bob writes on", await bob.TypeAsync(lab.Cancelled, "chat", "send", Room, "A secret from Cleo", "--wait", "5s"));
            await LabClock.WaitAsync(Quiet, lab.Cancelled);
            Check("Cleo hears nothing of it", !await SaysSecretAsync());
            _ = await cleo.TypeAsync(lab.Cancelled, "chat", "send", Room, "Let me in", "--wait", "10s");
            Check("Nobody hears what Cleo writes", !bob.Heard.Contains("Let me in", StringComparison.Ordinal));
            Check("What she had, she keeps", await cleo.TypeAsync(lab.Cancelled, "chat", "history", Room), "Hello, both of you!");
        }

        private async Task<bool> SaysSecretAsync() =>
            cleo.Heard.Contains("A secret", StringComparison.Ordinal) || (await cleo.TypeAsync(lab.Cancelled, "chat", "history", Room)).Output.Contains("A secret", StringComparison.Ordinal);

        private async Task ServeAsync(Person person)
        {
            person.Stay("chat", "serve");
            Check($"{person.Name} is online", await person.HearsAsync("Online with", lab.Cancelled));
        }

        private void Check(string what, Person.Said said, string wanted = "") =>
            Check(what, said.Ok && said.Output.Contains(wanted, StringComparison.Ordinal), $"exit code {said.Code}: {said.Output} {said.Errors}");

        private void Check(string what, bool met, string why = "not so")
        {
            lab.Say($"  {(met ? "ok " : "BAD")} {what}{(met ? "" : ": " + why.Trim())}");
            lab.Judge("chat", what, met ? "yes" : "no", met);
        }
    }
}
