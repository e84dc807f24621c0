"""Questions of our own: what each is true of, in kinds and in words of the definition.

A line is `question | phrase | kinds | words`: true of a sense that is of one of the kinds, or whose
definition (or its kind's) has one of the words. The phrase stands for it in lists. `plant@20` is only the kind in that lexicographer
field (lexnames(5WN)). Written from general knowledge, before any measurement, for no list.
"""

from __future__ import annotations

from dataclasses import dataclass

_LINES = """
Is it alive, or was it once?|alive, or once alive|living thing,plant part,animal material,wood,meat,animal product|
Is it man-made?|made by people|artifact,food@13,communication,creation|manufactured,artificial,synthetic
Can you eat or drink it?|food or drink|food@13,food@3,beverage,nutriment,edible fruit,vegetable,produce,foodstuff,seed|edible,eaten,drink,flavor
Is it a sweet food?|a sweet food|dessert,sweet,cake,candy,edible fruit,cookie,pastry,confiture,sweetening|sweet,sugar,chocolate,sweetened,candy,dessert
Is it baked or made with flour?|baked or made with flour|baked goods,bread,pasta,cereal|baked,flour,dough,bread,batter,pastry
Is it a drink, or does it hold one?|a drink, or what holds one|beverage,drinking vessel,bottle,glass,cup|drink,drinking,beverage,wine,beer,coffee,tea,alcoholic,bottle
Does it grow?|something that grows|plant@20,fungus,plant part,plant organ,vegetable,edible fruit,tree,herb,animal,tumor,hair|grown,growing,cultivated
Is it an animal, or meant for animals?|an animal, or meant for animals|animal,animal product,meat,cage|animal,dog,cat,horse,cattle,bird,livestock,pet
Would you find it in a kitchen?|found in a kitchen|kitchen utensil,kitchen appliance,food@13,tableware,cutlery,cookware,crockery,dishware,condiment,stove,refrigerator,vessel,home appliance,utensil|kitchen,cook,cooking,food,meal,dish,oven,baking,fried,eating
Would you find it in a bathroom?|found in a bathroom|toiletry,bath,plumbing fixture,towel,cosmetic,soap,sanitary|bath,bathroom,toilet,soap,washing,skin,hair,teeth,body,wash
Would you find it in a bedroom?|found in a bedroom|bedclothes,bed,bedroom furniture,garment,nightwear,mattress|bed,sleep,sleeping,mattress,bedroom,blanket
Would you find it in an office or school?|found in an office or school|office furniture,stationery,writing implement,computer,document,publication,desk|office,desk,school,paper,writing,student,written,write,business,printed
Would you find it in a garage or workshop?|found in a garage or workshop|tool,hand tool,power tool,vehicle,engine,fastener,implement,motor vehicle,machine|tool,machine,car,engine,motor,vehicle,automobile,metal,workshop
Is it mostly found outdoors?|mostly found outdoors|plant@20,animal,geological formation,vehicle,natural object,road,tree,body of water,garden,way,tent,craft|garden,field,outdoor,road,street,ground,land,soil,trees,farm,lawn,park,railway
Is it part of a house or building?|part of a house or building|room,door,window,wall,floor,roof,stairway,building,structural member,plumbing fixture,housing,barrier,fireplace|building,house,room,wall,floor,door,window,roof,ceiling,stair
Is it a piece of furniture or something put in a room?|furniture, or something put in a room|furniture,furnishing,floor cover,curtain,lamp,rug|furniture,room,rug,curtain,upholstered,shelf,chair,table
Can you wear or put it on your body?|worn or put on the body|clothing,garment,footwear,headdress,jewelry,adornment,attire,cosmetic,eyeglass,mask,handwear|worn,wear,clothing,garment,feet,wearing,waist,trouser,finger,jewelry
Does it use electricity?|electrical|electrical device,electronic equipment,electronic device,home appliance,computer,electric motor,circuit,lamp,telephone,source of illumination,electro-acoustic transducer,electronic instrument|electric,electrical,electronic,electricity,battery,powered,motor,current,radio,television,computer,electrically,voltage
Is it a machine or does it have moving parts?|a machine, or with moving parts|machine,mechanism,engine,motor,vehicle,motor vehicle,mechanical device,mechanical system,clock,appliance|machine,mechanical,motor,engine,wheel,rotating,rotate,moving,turn,automatic,lever
Does it have wheels, or to do with travelling?|with wheels, or for travelling|vehicle,conveyance,wheeled vehicle,craft,travel,baggage,public transport,road,railway|wheel,wheeled,vehicle,travel,road,transport,passenger,car,train,driver,luggage,aircraft,ship
Can it hold or contain something?|able to contain something|container,vessel@6,bag,box,case,receptacle,bottle,furniture,basket,chamber,storage space,framework|container,box,bag,case,storage,store,receptacle,hold,vessel,carry,carrying,storing
Is it used for cleaning?|used for cleaning|cleansing agent,cleaning implement,cleaner,soap,detergent,brush,cleaning device,white goods|clean,cleaning,wash,washing,remove,removing,dust,dirt,soap,wipe,waste
Is it used for cutting, or is it sharp?|used for cutting, or sharp|cutting implement,edge tool,cutter,knife,blade,point,weapon,scissors|cut,cutting,sharp,blade,edge,pointed
Is it used to join or hold things together?|used to join or hold things together|fastener,restraint,adhesive material,connection,line@6,rope,cord,clip|fasten,attach,attached,fastened,join,connect,tie,together,adhesive,tape,cord,rope,hook,chain
Does it have to do with heat, fire or cooking?|to do with heat, fire or cooking|heater,stove,oven,fire,kitchen appliance,fuel,heating system,cookware|heat,fire,hot,burn,heated,heating,cook,cooked,cooking,burning,baked,fried,fuel,combustion,steam,temperature
Does it have to do with cold, ice or air?|to do with cold, ice or air|ice,gas,refrigerator,ventilation,cooling system,white goods,ice cream|cold,ice,cool,air,frozen,wind,cooling,breathing,oxygen,blow,gas
Does it have to do with water or another liquid?|to do with water or another liquid|liquid,fluid,body of water,beverage,plumbing fixture,vessel@6,fountain,aquatic vertebrate,ship,rain,bath|water,liquid,wet,fluid,sea,river,swim,pour,drink,drain,aquatic,pump,wash,washing,bath,rain
Does it have to do with light or seeing?|to do with light or seeing|source of illumination,lamp,optical device,optical instrument,light,lens,display,eyeglass,mirror,window,picture|light,image,eye,optical,visual,lamp,viewing,see,visible,picture,glass,view,lighting,color
Does it have to do with sound or music?|to do with sound or music|musical instrument,auditory communication,music,electro-acoustic transducer,sound,signal,audio system,bell,stringed instrument|sound,music,musical,noise,ear,hearing,loud,played,song,string,speaker,alarm,voice
Does it have to do with computers, telephones or television?|to do with computers, telephones or television|computer,electronic equipment,telephone,computer circuit,electronic device,memory device,peripheral,telecommunication,software,data|computer,telephone,electronic,television,data,radio,screen,transmit,digital,video,signal,recording,phone
Is it used for communication, or does it carry words?|used for communication|communication,document,publication,telephone,sign,writing,book,message,card|message,written,printed,communication,text,information,letter,book,document,word,sign,speech,mail
Is it flat or thin?|flat or thin|sheet,paper,plate,card,covering,floor cover,piece of cloth,fabric,panel,board,film|flat,thin,sheet,paper,surface,card,board,layer,plate,cloth,plastic,panel
Is it long and narrow?|long and narrow|rod,bar,line@6,cord,tube,stick,pole,handle,needle,rope,road,stairway,pipe,snake,cable|long,narrow,rod,stick,pole,tube,slender,strip,thread,cord,string,elongated,handle,wire,pipe,bar
Is it round?|round|ball,disk,ring,wheel,sphere,edible fruit,wheeled vehicle,circle|round,ball,circular,spherical,disk,ring,globe,rounded,wheel
Is it soft?|soft|fabric,bedclothes,garment,cushion,towel,padding,clothing,baked goods,piece of cloth|soft,cloth,fabric,padded,cushion,wool,cotton,flexible,fur,silk,foam,pad,pillow
Is it usually made of metal?|usually made of metal|metal,metallic element,hand tool,cutlery,vehicle,engine,weapon,hardware,chain,cookware,machine,alloy,motor vehicle,lock|metal,steel,iron,wire,metallic,blade,silver,gold,copper,aluminum,brass
Is it usually made of wood or paper?|usually made of wood or paper|wood,paper,furniture,stick,publication,stationery,document,box,board,tree,stringed instrument|wood,wooden,paper,cardboard,timber,printed,book,tree,plank,pencil
Is it usually made of cloth or leather?|usually made of cloth or leather|fabric,garment,clothing,bag,bedclothes,piece of cloth,footwear,curtain,furnishing,towel,cloth covering|cloth,fabric,leather,cotton,wool,worn,woven,garment,sewing,fiber,canvas
Is it usually made of glass, stone or clay?|usually made of glass, stone or clay|glass,glassware,bottle,rock,stone,ceramic,mineral,lens,gem,jewelry,crockery,building material,vase,mirror,monument|glass,stone,rock,clay,transparent,mineral,ceramic,concrete,brick,lens,sand
Is it usually made of plastic or rubber?|usually made of plastic or rubber|plastic,synthetic resin,electronic equipment,toy,plaything,elastic,bottle,container,ball,card|plastic,rubber,synthetic,flexible,elastic,disposable,portable
Is it smaller than a hand?|smaller than a hand|fastener,jewelry,insect,seed,coin,edible fruit,card,pill,toiletry,microorganism,writing implement,cosmetic,button,tool,key,baked goods,knot|small,tiny,finger,pin,pocket,thin,needle,seed,piece,insect,bead
Is it bigger than a person?|bigger than a person|building,vehicle,structure,tree,room,geological formation,large,body of water,road,craft,area,building complex,aircraft,ship,celestial body,tower|large,building,vehicle,tall,house,room,tower,aircraft,huge,ship,area,land
Can one person carry it?|easy for one person to carry|hand tool,container,clothing,food@13,book,bag,toiletry,kitchen utensil,implement,musical instrument,jewelry,cutlery,tableware,plaything,portable computer,electronic device|portable,carried,hand,held,small,carry,handle,worn,lightweight
Is it used by hand?|used by hand|hand tool,implement,kitchen utensil,cutlery,writing implement,sports equipment,plaything,toiletry,utensil,handle,musical instrument,stick|hand,handle,held,finger,tool,thumb,grip
Does it have to do with sport or exercise?|to do with sport or exercise|sports equipment,sport,game equipment,athletic facility,game,gymnastic apparatus,plaything,footwear|sport,game,ball,exercise,player,athlete,played,playing,court,racing,gymnastic,muscle,athletic
Does it have to do with play, games or children?|to do with play, games or children|plaything,game,game equipment,toy,diversion,baby,child|game,play,toy,child,children,baby,playing,amusement,played,player,fun,infant
Does it have to do with medicine or health?|to do with medicine or health|medicine,drug,medical instrument,medical building,body part,disease,therapeutic,surgical,agent@6,treatment|medical,medicine,disease,patient,treatment,treat,pain,blood,drug,surgical,health,body,skin,hospital
Does it have to do with safety or protection?|to do with safety or protection|protective covering,protective garment,safety device,shelter,alarm,lock,helmet,cover,armor,mask,weaponry|protect,protective,protection,safety,prevent,danger,warning,security,shield,guard,cover,safe,emergency
Does it have to do with measuring or counting?|to do with measuring or counting|measuring instrument,measure,timepiece,unit of measurement,gauge,scientific instrument,computer,meter,ruler|measure,measuring,time,number,weight,count,distance,pressure,speed,temperature,amount,scale
Does it have to do with beauty or decoration?|to do with beauty or decoration|decoration,adornment,jewelry,cosmetic,toiletry,art,flower,flowering plant,graphic art,hairdressing|decorative,decoration,ornament,ornamental,beauty,hair,flower,skin,cosmetic,perfume,art,painting,color
Does it have to do with money, shops or trade?|to do with money, shops or trade|money,mercantile establishment,currency,commerce,merchandise,ticket,card,place of business,cost,possession|money,sell,sold,price,store,shop,customer,payment,buy,business,sale,market,bank,paid,trade,coin
Is it a building, a room or another place?|a building, a room or another place|building,room,structure,location,area,facility,place of business,region,housing,building complex,mercantile establishment,geological formation|building,room,place,area,house,located,ground,city,land
Is it natural, not made by people?|natural, not made by people|natural object,plant@20,animal,body part,geological formation,natural phenomenon,chemical element,mineral,celestial body,body of water,microorganism|natural,naturally,native,wild,earth
Is it a substance or material?|a substance or material|substance@27,substance@3,matter@3,material,chemical,fabric,fluid,compound,food@13,medicine,solution,powder|substance,powder,material,mixture,chemical,liquid,solid,paste,oil,compound
Is it an idea, an activity or something else that can't be touched?|an idea, an activity or something that can't be touched|abstraction,psychological feature,event,act,phenomenon,attribute,state,process,cognition|idea,feeling,activity,theory
Can it be thrown away after use?|thrown away after use|paper,packet,card,ticket,medicine,toiletry,wrapping,food@13,stationery,publication,document,adhesive material|disposable,paper,tissue,wrap,wrapping,packet,package,packaging,plastic
Does it move by itself, or make things move?|moving, or making things move|animal,motor vehicle,engine,motor,machine,conveyance,aircraft,mechanism,self-propelled vehicle,elevator|move,motion,motor,engine,propelled,moving,moves,lift,drive,driven,speed,fast,transport
Would you find it in a hospital or laboratory?|found in a hospital or laboratory|medical instrument,medicine,scientific instrument,chemical,microorganism,laboratory,drug,apparatus|medical,hospital,patient,laboratory,scientific,chemical,disease,doctor,surgical,experiment
Would you find it on a farm or in a garden?|found on a farm or in a garden|plant@20,domestic animal,vegetable,farm machine,garden tool,fruit tree,flower,seed,livestock,herb|farm,garden,crop,plant,soil,cultivated,seed,cattle,flower,hay,grain,lawn,leaf,grass
Does it have to do with the human body?|to do with the human body|body part,clothing,toiletry,medicine,medical instrument,cosmetic,prosthesis,organ,seat|body,head,hand,foot,feet,eye,ear,hair,skin,face,finger,arm,leg,neck,mouth,teeth,knee,chest
Does it cover something?|a cover for something|covering,cloth covering,lid,protective covering,roof,coating,clothing,floor cover,paint,wrapping,bedclothes,mask|cover,covering,covered,coating,wrap,layer,protect,lid,wall,surface,coat
Does it support something, or can you sit, stand or lie on it?|a support, or for sitting, standing or lying on|support,seat,furniture,supporting structure,framework,platform,bed,floor cover,stairway,horizontal surface,rack|support,sit,seat,stand,chair,lie,rest,bed,frame,platform,stair,shelf,supported,supporting,floor
Can it be opened or closed?|something that can be opened or closed|container,door,window,box,bag,barrier,movable barrier,lock,book,valve,bottle,garment,case|open,closed,opening,door,lid,close,window,lock,hinged,valve,cover,drawer
Does it have a handle?|something with a handle|hand tool,kitchen utensil,cutlery,bag,door,pot,cup,weapon,sports equipment,cleaning implement,edge tool,implement,baggage,pan|handle,grip,hand,shaft,blade,held,carried
Is it expensive?|expensive|vehicle,jewelry,computer,electronic equipment,musical instrument,building,machine,motor vehicle,home appliance,aircraft,precious metal,precious stone|valuable,precious,gold,expensive,vehicle,machine,diamond
Does it have to do with parties, holidays or religion?|to do with parties, holidays or religion|social event,celebration,religious,holiday,party,beverage,cake,ceremony,musical instrument,place of worship,candle|party,religious,church,celebration,ceremony,festival,christian,holiday,christmas,dance,jewish,wedding
Is it white, clear or pale?|white, clear or pale|dairy product,paper,salt,glass,tableware,bedclothes,plumbing fixture,white goods,ice,cloud|white,clear,transparent,milk,colorless,cream,pale,ice,salt,flour
Is it green, or from a plant?|green, or from a plant|plant@20,vegetable,herb,plant part,leaf,edible fruit,spice,plant material,wood,fabric|green,plant,leaf,tree,grass,fruit,seed,root,vegetable,bean,nut,flower
Does it smell or have a strong taste?|with a smell or a strong taste|flavorer,spice,toiletry,cosmetic,condiment,flower,perfume,beverage,cheese,fuel,animal,smoke|odor,fragrant,scent,aromatic,perfume,flavor,pungent,smell,spicy,taste,smoke,oil,scented
Is it an instrument, tool or utensil?|an instrument, tool or utensil|tool,implement,utensil,instrument,measuring instrument,musical instrument,kitchen utensil,writing implement|tool,instrument,utensil,implement
Is it equipment, a system or an appliance?|equipment, a system or an appliance|equipment,system,appliance,apparatus,home appliance,electronic equipment,gear|equipment,system,apparatus,appliance,network
"""


@dataclass(frozen=True)
class Attribute:
    """A question of our own, and what makes it true."""

    question: str
    phrase: str
    kinds: tuple[str, ...]
    words: tuple[str, ...]


def attributes() -> list[Attribute]:
    """All of them."""
    rows = [line.split("|") for line in _LINES.strip().splitlines()]
    return [
        Attribute(text, phrase, _names(kinds), _names(words)) for text, phrase, kinds, words in rows
    ]


def _names(field: str) -> tuple[str, ...]:
    return tuple(name for name in field.split(",") if name)
