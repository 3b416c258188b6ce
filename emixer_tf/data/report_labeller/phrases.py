"""What reports call the 14 labels: findings, and structures with the states they are in.

In a pattern `a|b` is a choice between words; a word or choice that ends in `?` may be missing.

Where usage differs: vascular congestion alone is no edema, a scar no opacity, a calcified granuloma
no lesion and a surgical clip no support device. "Borderline" size is enlarged, the upper limit of
normal is normal. A blunted costophrenic angle is an uncertain effusion.
"""

# A finding holds unless a cue around it says otherwise (see `scopes`).
FINDINGS = {
    "Enlarged Cardiomediastinum": (
        "mediastinal|cardiomediastinal widening|enlargement|prominence",
        "widened|enlarged|wide superior? mediastinum",
    ),
    "Cardiomegaly": (
        "cardiomegaly",
        "cardiac|heart enlargement|prominence",
    ),
    "Lung Opacity": (
        "opacity|opacities|opacification|opacifications",
        "opacified",
        "infiltrate|infiltrates|infiltration|infiltrations",
        "airspace|alveolar|interstitial disease|process|infiltrate|infiltrates",
        "air space disease|process",
        "interstitial lung? disease|thickening|changes|prominence",
        "increased|prominent interstitial lung? markings",
        "haziness|haze",
        "ground glass",
        "reticular|reticulonodular|interstitial pattern|markings",
        "lung|pulmonary|parenchymal|airspace|patchy|hazy|basilar density|densities",
    ),
    "Lung Lesion": (
        "nodule|nodules|nodularity",
        "nodular density|densities|focus|foci|lesion|lesions",
        "lung|pulmonary|hilar|mediastinal|parenchymal? mass|masses|lesion|lesions",
        "mass|masses",
        "masslike|mass like? density|lesion|lesions",
        "cavitary|cavitating|cavitated lesion|lesions|mass|process",
        "tumor|tumors|tumour|tumours|neoplasm|neoplasms|malignancy|carcinoma|cancer",
        "metastasis|metastases|metastatic disease?",
    ),
    "Edema": (
        "edema|oedema",
        "congestive? heart failure",
        "chf",
        "congestive|cardiac failure",
        "fluid|volume overload",
    ),
    "Consolidation": ("consolidation|consolidations|consolidative|consolidated",),
    "Pneumonia": (
        "pneumonia|pneumonias|bronchopneumonia|pneumonic|pneumonitis",
        "infection|infections",
        "infectious process|etiology|disease",
    ),
    "Atelectasis": (
        "atelectasis|atelectases|atelectatic|atelectasia",
        "lobar|lobe|lung|segmental|lingular? collapse|collapsed",
    ),
    "Pneumothorax": (
        "pneumothorax|pneumothoraces|pneumothoracies|pneumothoraxes|ptx",
        "pleural air",
    ),
    "Pleural Effusion": (
        "pleural? effusion|effusions",
        "pleural fluid",
        "hemothorax|haemothorax|hydrothorax",
    ),
    "Pleural Other": (
        "pleural|pleuroparenchymal thickening|scarring|scar|scars|plaque|plaques",
        "pleural calcification|calcifications|capping|disease|fibrosis",
        "pleural parenchymal scarring|scar|thickening",
        "fibrothorax",
        "apical cap|capping|thickening",
    ),
    "Fracture": ("fracture|fractures|fractured",),
    "Support Devices": (
        "tube|tubes|tubing",
        "catheter|catheters",
        "central|venous|arterial|subclavian|jugular line|lines",
        "central venous line|lines",
        "picc",
        "port|mediport|portacath",
        "pacemaker|pacemakers|pacer|pacers|icd|aicd|defibrillator|generator",
        "sternal|sternotomy|cerclage wires|wire|sutures",
        "stent|stents|drain|drains|prosthesis|prosthetic|hardware",
        "valve|valvular replacement",
        "device|devices|leads",
        "fixation|fusion|spinal plate|plates|rod|rods|screw|screws",
    ),
}

# Words that name several labels at once.
SHARED_FINDINGS = {
    ("Lung Lesion", "Lung Opacity"): (
        "nodular opacity|opacities",
        "masslike|mass like? opacity|opacities|opacification",
    ),
    ("Pneumothorax", "Pleural Effusion"): ("hydropneumothorax|hydropneumothoraces",),
}

# A structure says nothing before a state is read beside it.
STRUCTURES = {
    ("Cardiomegaly",): (
        "heart",
        "heart|cardiac size|silhouette|silhouettes|shadow|contour|contours size?",
        "cardiac",
    ),
    ("Enlarged Cardiomediastinum",): (
        "mediastinum",
        "mediastinal silhouette|silhouettes|contour|contours|structures|size|width|shadow|borders",
    ),
    ("Cardiomegaly", "Enlarged Cardiomediastinum"): (
        "cardiomediastinal silhouette|silhouettes|contour|contours|structures|size|shadow size?",
        "cardio mediastinal silhouette|contour|contours",
        "cardiomediastinum",
    ),
    ("Lung Opacity",): ("lung|lungs fields|parenchyma|zones?",),
    ("Pleural Effusion",): (
        "costophrenic|costodiaphragmatic angle|angles|sulcus|sulci|recess|recesses?",
        "cp angle|angles",
        "pleural space|spaces|surfaces",
    ),
    ("Fracture",): (
        "osseous|bony|skeletal structures|thorax|skeleton",
        "ribs|bones",
    ),
}

_SIZE = ("Cardiomegaly", "Enlarged Cardiomediastinum")
_EVERY = tuple(dict.fromkeys(label for labels in STRUCTURES for label in labels))

# The value that a state gives, the labels whose structures can be in it, patterns.
STATES = (
    (
        0.0,
        _EVERY,
        (
            "normal|unremarkable",
            "within|in normal limits|limit|range",
            "within? the? limits|limit of? normal",
            "upper|top limits|limit of? normal",
            "top|high|upper normal",
        ),
    ),
    (0.0, ("Lung Opacity", "Pleural Effusion"), ("clear",)),
    (0.0, ("Pleural Effusion",), ("sharp|preserved",)),
    (0.0, ("Fracture",), ("intact",)),
    (
        1.0,
        _SIZE,
        (
            "enlarged|large|widened|enlargement|widening",
            "borderline enlarged?",
            "increased in? size?",
        ),
    ),
    (-1.0, _SIZE, ("prominent|prominence|fullness",)),
    (-1.0, ("Pleural Effusion",), ("blunting|blunted|obscured",)),
)

# Phrases whose words would be read wrongly one by one.
IGNORED = (
    "pericardial|joint effusion|effusions",
    "soft tissue edema|emphysema|swelling",
    "subcutaneous|cutaneous edema|emphysema",
    "vertebral body? collapse",
    "granulomatous infection|infections|disease|process",
    "heart|cardiac border|borders|valve|valves|disease|monitor|leads|surgery|apex",
    "cancer screening",
    "body mass",
)
